# EC2 instances, one for each entry of the input map. Credentials come from the environment, a profile or a role, as
# always with this provider; they are never written here.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

# Whose machines these are; Bellows fills it in.
variable "cluster" {
  type    = string
  default = ""
}

# The input of the contract. `type` is an EC2 instance type, `zone` an availability zone.
variable "nodes" {
  type = map(object({
    type      = string
    zone      = optional(string, "")
    user_data = optional(string, "")
    tags      = optional(map(string), {})
  }))
  default = {}
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "ami" {
  type        = string
  description = "An image with cloud-init and an SSH server, Debian 12 for example."
}

variable "subnet_id" {
  type    = string
  default = null
}

variable "security_group_ids" {
  type    = list(string)
  default = null
}

variable "spot" {
  type    = bool
  default = false
}

# Endpoint of an EC2 that is not Amazon's; for tests.
variable "endpoint" {
  type    = string
  default = null
}

provider "aws" {
  region                      = var.region
  max_retries                 = var.endpoint == null ? null : 2
  skip_credentials_validation = var.endpoint != null
  skip_metadata_api_check     = var.endpoint != null
  skip_requesting_account_id  = var.endpoint != null
  skip_region_validation      = var.endpoint != null

  dynamic "endpoints" {
    for_each = var.endpoint == null ? [] : [var.endpoint]
    content {
      ec2 = endpoints.value
      sts = endpoints.value
    }
  }
}

resource "aws_instance" "node" {
  for_each = var.nodes

  ami                                  = var.ami
  instance_type                        = each.value.type
  availability_zone                    = each.value.zone == "" ? null : each.value.zone
  subnet_id                            = var.subnet_id
  vpc_security_group_ids               = var.security_group_ids
  user_data                            = each.value.user_data
  instance_initiated_shutdown_behavior = "terminate"
  tags                                 = merge(each.value.tags, { Name = each.key, bellows-cluster = var.cluster })

  dynamic "instance_market_options" {
    for_each = var.spot ? [1] : []
    content {
      market_type = "spot"
    }
  }

  # What a machine was made with is not changed under its feet: a new image or new user data is for new machines.
  lifecycle {
    ignore_changes = [ami, user_data, tags, tags_all, availability_zone, subnet_id, vpc_security_group_ids]
  }
}

# What EC2 itself lists for this cluster, so that nothing is lost when Terraform is killed.
data "aws_instances" "found" {
  instance_tags        = { bellows-cluster = var.cluster }
  instance_state_names = ["pending", "running", "stopping", "stopped"]
}

data "aws_instance" "found" {
  for_each    = toset(data.aws_instances.found.ids)
  instance_id = each.value
}

# The output of the contract.
output "nodes" {
  value = {
    for name, node in aws_instance.node : name => {
      id      = node.id
      address = coalesce(node.public_ip, node.private_ip, "-") == "-" ? "" : "ssh://admin@${coalesce(node.public_ip, node.private_ip)}"
      state   = node.instance_state
    }
  }
}

output "found" {
  value = {
    for id, machine in data.aws_instance.found : id => {
      name     = lookup(machine.tags, "Name", "")
      resource = "aws_instance.node"
    }
  }
}

# `instance_initiated_shutdown_behavior` above makes it so.
output "shutdown_ends_billing" {
  value = true
}
