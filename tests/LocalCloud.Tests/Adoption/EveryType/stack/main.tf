module "network" {
  source = "./network"
  count  = 1
}

module "names" {
  source   = "./names"
  for_each = toset(["x y"])
}

module "cluster" {
  source = "./cluster"
}
