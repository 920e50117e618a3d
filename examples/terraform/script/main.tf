# Machines that any script makes and ends. `terraform_data` is built into Terraform: no provider is downloaded.
# Replace the hooks below (`up` and `down`) with your own; both are given NAME, TYPE, ZONE, USER_DATA and FOLDER.
#
# Both must be idempotent by name: Terraform may be killed between a hook's end and the writing of its state, and then
# calls the hook again.

terraform {
  required_version = ">= 1.5"
}

# Whose machines these are; Bellows fills it in.
variable "cluster" {
  type    = string
  default = ""
}

# The input of the contract: one entry for each machine. Bellows writes it into bellows.auto.tfvars.json.
variable "nodes" {
  type = map(object({
    type      = string
    zone      = optional(string, "")
    user_data = optional(string, "")
    tags      = optional(map(string), {})
  }))
  default = {}
}

# What the hooks need to know of the world; here the folder that plays the cloud.
variable "folder" {
  type    = string
  default = "./machines"
}

resource "terraform_data" "node" {
  for_each = var.nodes

  # A hook that ends a machine sees nothing but this.
  input = {
    name   = each.key
    type   = each.value.type
    zone   = each.value.zone
    folder = abspath(var.folder)
  }

  provisioner "local-exec" {
    command = "sh ${path.module}/up"
    environment = {
      NAME      = self.input.name
      TYPE      = self.input.type
      ZONE      = self.input.zone
      FOLDER    = self.input.folder
      USER_DATA = each.value.user_data
    }
    quiet = true
  }

  provisioner "local-exec" {
    when    = destroy
    command = "sh ${path.module}/down"
    environment = {
      NAME   = self.input.name
      FOLDER = self.input.folder
    }
    quiet = true
  }
}

locals {
  # What the cloud has, whoever made it: one JSON file for each machine, written by `up`.
  listed = { for file in fileset(abspath(var.folder), "*.json") : trimsuffix(file, ".json") => jsondecode(file("${abspath(var.folder)}/${file}")) }
}

# The output of the contract: what became of each entry.
output "nodes" {
  value = {
    # `output` is known only after the hook has run, so that the file is looked at then and not when planning.
    for name, node in terraform_data.node : name => {
      id      = name
      address = try(jsondecode(file("${node.output.folder}/${node.output.name}.json")).address, "")
      state   = fileexists("${node.output.folder}/${node.output.name}.json") ? "running" : "gone"
    }
  }
}

# What the cloud itself lists, so that nothing is lost when Terraform is killed. `resource` is what it would be here.
output "found" {
  value = { for name, machine in local.listed : name => { name = name, resource = "terraform_data.node" } }
}

# Whether a machine that powers itself off stops costing money.
output "shutdown_ends_billing" {
  value = false
}
