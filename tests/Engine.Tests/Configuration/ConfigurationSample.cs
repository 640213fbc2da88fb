using System.Text.Json.Nodes;

namespace Mayfly.Engine.Tests.Configuration;

/// <summary>A configuration that sets everything, and a folder with the files that it names.</summary>
internal static class ConfigurationSample
{
    public static TestFolder Folder()
    {
        var folder = new TestFolder();
        folder.Write("chart/Chart.yaml", "apiVersion: v2\nname: app\nversion: 0.1.0\n");
        folder.Write("infra/main.tf", "");
        folder.Write("a.yaml", "");
        folder.Write("x/main.tf", "");
        return folder;
    }

    public static JsonObject Full() => JsonNode.Parse("""
        {
          "version": 1,
          "project": "demo",
          "environment": { "public_host": "{env_id}-{branch_slug}.{zone}", "zone": "example.com", "ttl": "72h" },
          "aws": { "region": "eu-central-1", "account": "123456789012" },
          "cloud": { "aws_endpoint": "http://127.0.0.1:4566", "authority": "ca.pem", "dns": "127.0.0.1:53", "charts": "c", "registry": "r", "public_port": 8443 },
          "state": { "bucket": "b", "prefix": "p/{env_id}", "region": null, "use_lockfile": false, "lock_table": "t", "lease_ttl": "90s", "lock_age": "1h30m" },
          "terraform": {
            "binary": "tofu", "min_version": "1.10.0", "lock_file": "ignore",
            "layers": [
              { "name": "net", "root": "infra", "targets": ["module.net"] },
              { "name": "cluster", "root": "infra", "needs_cluster": true }
            ],
            "variables": { "env": "{env_id}", "n": 3, "list": [true, null, { "{pr}": 1.5 }] }
          },
          "helm": {
            "binary": "helm", "chart": "chart", "release": "{env_id}", "namespace": "{env_id}", "timeout": "10m", "values": ["a.yaml"],
            "overrides": { "hosts": { "{public_host}": {} } }, "host_paths": ["ingress.hosts", "a.*.b"], "allow_data_loss": true
          },
          "secrets": [
            { "id": "{env_id}/a", "kubernetes": null, "keys": [ { "name": "K", "required": false, "pattern": "[a-z]+", "json": false, "from": "env:K" } ] }
          ],
          "preflight": { "eso_namespace": null, "secret_store": "s", "registry_secret": "{release}-r", "timeout": "5m" },
          "verify": {
            "path": "/x", "status": [200, 204], "consecutive": 2, "interval": "500ms", "timeout": "1m", "commit_header": "x-commit",
            "commit_pattern": null, "resolve": ["*:443:127.0.0.1"]
          },
          "github": { "label": "env", "comment": false, "deployments": false, "deployment_environment": "x/{env_id}", "check": null },
          "budget": { "run": "1h", "per_rule": 1, "per_run": 2 },
          "failures": [ { "name": "my-rule", "tool": "helm", "match": ["a"], "class": "c", "disposition": "needs_human", "remedy": "", "next": "" } ],
          "adoption": [ { "type": "aws_x", "import_id": "{name}", "name_is_own": true } ]
        }
        """)!.AsObject();
}
