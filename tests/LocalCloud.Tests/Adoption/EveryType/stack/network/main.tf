locals {
  keys = { there = 1, absent = 2 }
  all  = { Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Principal = "*" }] }
}

resource "aws_vpc" "this" {
  for_each   = local.keys
  cidr_block = "10.${each.value}.0.0/16"
  tags       = { Name = each.key }
}

resource "aws_subnet" "this" {
  for_each   = local.keys
  vpc_id     = aws_vpc.this["there"].id
  cidr_block = "10.1.${each.value}.0/24"
  tags       = { Name = each.key }
}

resource "aws_internet_gateway" "this" {
  for_each = local.keys
  vpc_id   = aws_vpc.this[each.key].id
  tags     = { Name = each.key }
}

resource "aws_egress_only_internet_gateway" "this" {
  for_each = local.keys
  vpc_id   = aws_vpc.this["there"].id
  tags     = { Name = each.key }
}

resource "aws_eip" "this" {
  for_each = local.keys
  domain   = "vpc"
  tags     = { Name = each.key }
}

resource "aws_nat_gateway" "this" {
  for_each      = local.keys
  subnet_id     = aws_subnet.this["there"].id
  allocation_id = aws_eip.this[each.key].id
  tags          = { Name = each.key }
}

resource "aws_route_table" "this" {
  for_each = local.keys
  vpc_id   = aws_vpc.this["there"].id
  tags     = { Name = each.key }
}

resource "aws_route" "this" {
  for_each               = local.keys
  route_table_id         = aws_route_table.this["there"].id
  destination_cidr_block = each.key == "there" ? "0.0.0.0/0" : "10.99.0.0/16"
  gateway_id             = aws_internet_gateway.this["there"].id
}

resource "aws_route_table_association" "this" {
  for_each       = local.keys
  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this["there"].id
}

resource "aws_security_group" "this" {
  for_each = local.keys
  name     = each.key
  vpc_id   = aws_vpc.this["there"].id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  count             = 2
  security_group_id = aws_security_group.this["there"].id
  ip_protocol       = "tcp"
  from_port         = 443 + count.index
  to_port           = 443 + count.index
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_vpc_security_group_egress_rule" "this" {
  count             = 2
  security_group_id = aws_security_group.this["there"].id
  ip_protocol       = "tcp"
  from_port         = 5432 + count.index
  to_port           = 5432 + count.index
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_network_acl" "this" {
  for_each = local.keys
  vpc_id   = aws_vpc.this["there"].id
  tags     = { Name = each.key }
}

resource "aws_vpc_endpoint" "this" {
  for_each     = local.keys
  vpc_id       = aws_vpc.this["there"].id
  service_name = "com.amazonaws.us-east-1.s3"
  tags         = { Name = each.key }
}

resource "aws_vpc_dhcp_options" "this" {
  for_each    = local.keys
  domain_name = "x.internal"
  tags        = { Name = each.key }
}

resource "aws_flow_log" "this" {
  for_each             = local.keys
  vpc_id               = aws_vpc.this["there"].id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::pr-42-0"
  tags                 = { Name = each.key }
}

resource "aws_network_interface" "this" {
  for_each  = local.keys
  subnet_id = aws_subnet.this["there"].id
  tags      = { Name = each.key }
}

resource "aws_instance" "this" {
  for_each      = local.keys
  ami           = "ami-12345678"
  instance_type = "t3.small"
  subnet_id     = aws_subnet.this["there"].id
  tags          = { Name = each.key }
}

resource "aws_ebs_volume" "this" {
  for_each          = local.keys
  availability_zone = "us-east-1a"
  size              = 1
  tags              = { Name = each.key }
}

resource "aws_launch_template" "this" {
  count = 2
  name  = "pr-42-${count.index}"
}

resource "aws_key_pair" "this" {
  count      = 2
  key_name   = "pr-42-${count.index}"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl x"
}

resource "aws_placement_group" "this" {
  count    = 2
  name     = "pr-42-${count.index}"
  strategy = "cluster"
}

resource "aws_autoscaling_group" "this" {
  count               = 2
  name                = "pr-42-${count.index}"
  min_size            = 0
  max_size            = 0
  vpc_zone_identifier = [aws_subnet.this["there"].id]
  launch_template {
    name = "pr-42-${count.index}"
  }
}

resource "aws_lb" "this" {
  count   = 2
  name    = "pr-42-${count.index}"
  subnets = [aws_subnet.this["there"].id, aws_subnet.this["absent"].id]
}

resource "aws_lb_target_group" "this" {
  count    = 2
  name     = "pr-42-${count.index}"
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.this["there"].id
}

resource "aws_lb_listener" "this" {
  count             = 2
  load_balancer_arn = aws_lb.this[0].arn
  port              = 80 + count.index
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[0].arn
  }
}

resource "aws_lb_listener_rule" "this" {
  count        = 2
  listener_arn = aws_lb_listener.this[0].arn
  priority     = 7 + count.index
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[0].arn
  }
  condition {
    path_pattern {
      values = ["/x"]
    }
  }
}

resource "aws_db_subnet_group" "this" {
  count      = 2
  name       = "pr-42-${count.index}"
  subnet_ids = [aws_subnet.this["there"].id, aws_subnet.this["absent"].id]
}

resource "aws_elasticache_subnet_group" "this" {
  count      = 2
  name       = "pr-42-${count.index}"
  subnet_ids = [aws_subnet.this["there"].id]
}
