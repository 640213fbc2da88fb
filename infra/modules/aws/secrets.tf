# The containers. The values are put in by people and automation, never by Terraform, so that no state holds one.
resource "aws_secretsmanager_secret" "application" {
  for_each = toset(["app", "aws/client", "common", "db", "redis", "registry"])

  name = "${var.env_id}-ephemeral/application/${each.value}"

  # Gone at once, so that the next environment of this name can make it again.
  recovery_window_in_days = 0
}
