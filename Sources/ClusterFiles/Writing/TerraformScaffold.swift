/// Modules to start from, as `bellows terraform scaffold` writes them; the same as those in examples/terraform (a test
/// compares them).
public enum TerraformScaffold {
    /// One file of a module.
    public struct File: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Its text.
        public var text: String
    }

    /// The modules there are, by name.
    public static let modules: [String: [File]] = ["aws": aws, "script": script]

    private static let aws = [
        File(
            name: "main.tf",
            text: ##"""
            # EC2 instances, one for each entry of the input map. Credentials come from the environment, a profile \##
            or a role, as
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
              tags                                 = merge(each.value.tags, { Name = each.key, bellows-cluster = \##
            var.cluster })

              dynamic "instance_market_options" {
                for_each = var.spot ? [1] : []
                content {
                  market_type = "spot"
                }
              }

              # What a machine was made with is not changed under its feet: a new image or new user data is for \##
            new machines.
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
                  address = coalesce(node.public_ip, node.private_ip, "-") == "-" ? "" : \##
            "ssh://admin@${coalesce(node.public_ip, node.private_ip)}"
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

            """##),
    ]
    private static let script = [
        File(
            name: "main.tf",
            text: ##"""
            # Machines that any script makes and ends. `terraform_data` is built into Terraform: no provider is \##
            downloaded.
            # Replace the hooks below (`up` and `down`) with your own; both are given NAME, TYPE, ZONE, USER_DATA \##
            and FOLDER.
            #
            # Both must be idempotent by name: Terraform may be killed between a hook's end and the writing of its \##
            state, and then
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
              listed = { for file in fileset(abspath(var.folder), "*.json") : trimsuffix(file, ".json") => \##
            jsondecode(file("${abspath(var.folder)}/${file}")) }
            }

            # The output of the contract: what became of each entry.
            output "nodes" {
              value = {
                # `output` is known only after the hook has run, so that the file is looked at then and not when \##
            planning.
                for name, node in terraform_data.node : name => {
                  id      = name
                  address = try(jsondecode(file("${node.output.folder}/${node.output.name}.json")).address, "")
                  state   = fileexists("${node.output.folder}/${node.output.name}.json") ? "running" : "gone"
                }
              }
            }

            # What the cloud itself lists, so that nothing is lost when Terraform is killed. `resource` is what it \##
            would be here.
            output "found" {
              value = { for name, machine in local.listed : name => { name = name, resource = "terraform_data.node" } }
            }

            # Whether a machine that powers itself off stops costing money.
            output "shutdown_ends_billing" {
              value = false
            }

            """##),
        File(
            name: "up",
            text: ##"""
            #!/bin/sh
            # Makes the machine NAME, or finds it. Here a machine is a file in FOLDER that says where its agent is \##
            reached.
            set -eu
            mkdir -p "$FOLDER"
            [ ! -e "$FOLDER/$NAME.json" ] || exit 0
            printf '{"type": "%s", "address": "%s/%s/agent.sock"}\n' "$TYPE" "$FOLDER" "$NAME" >"$FOLDER/$NAME.new"
            mv "$FOLDER/$NAME.new" "$FOLDER/$NAME.json"

            """##),
        File(
            name: "down",
            text: ##"""
            #!/bin/sh
            # Ends the machine NAME; one that is not there is as good as ended.
            set -eu
            rm -f "$FOLDER/$NAME.json"

            """##),
    ]
}
