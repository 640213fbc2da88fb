namespace Mayfly.LocalCloud.Tests.Kubernetes.Api;

/// <summary>Objects that several tests use.</summary>
internal static class Samples
{
    public const string Templates =
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: web}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web-cfg}
        data: {text: {{ .Values.text | quote }}}
        ---
        {{- if .Values.extra }}
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web-extra}
        ---
        {{- end }}
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{port: 80, targetPort: http}]
        {{- if .Values.deployment }}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx:1.27
                ports: [{name: http, containerPort: 8080}]
                env: [{name: TEXT, value: {{ .Values.text | quote }}}]
        {{- end }}
        """;

    /// <summary>A deployment as JSON, with one container <c>c</c>.</summary>
    public static string Deployment(string name, string image = "i:1", string extra = "") =>
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{ EXTRA "selector":{"matchLabels":{"app":"NAME"}},
         "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[{"name":"c","image":"IMAGE","ports":[{"containerPort":80}]}]}}}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("IMAGE", image, StringComparison.Ordinal).Replace("EXTRA", extra, StringComparison.Ordinal);

    /// <summary>A definition with two served versions, defaults, and the subresources status and scale.</summary>
    public static string Definition(string kind, string plural) =>
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"PLURAL.test.example.com"},
         "spec":{"group":"test.example.com","scope":"Namespaced","names":{"kind":"KIND","plural":"PLURAL","shortNames":["SHORT"]},
          "versions":[
           {"name":"v1","served":true,"storage":true,
            "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"}},
            "additionalPrinterColumns":[{"name":"Size","type":"string","jsonPath":".spec.size"},{"name":"Ready","type":"string","jsonPath":".status.conditions[?(@.type==\"Ready\")].status"}],
            "schema":{"openAPIV3Schema":{"type":"object","properties":{
              "spec":{"type":"object","required":["size"],"properties":{
                "size":{"type":"string","enum":["small","large"]},
                "replicas":{"type":"integer","minimum":0,"default":3},
                "class":{"type":"string","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"class is immutable"}]},
                "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
                "parts":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
                  "items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"weight":{"type":"integer","default":1}}}}}},
              "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}},
           {"name":"v1beta1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
        """.Replace("KIND", kind, StringComparison.Ordinal).Replace("PLURAL", plural, StringComparison.Ordinal).Replace("SHORT", plural[..2], StringComparison.Ordinal);
}
