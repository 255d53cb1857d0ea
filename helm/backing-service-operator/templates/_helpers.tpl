{{- define "bso.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}
{{- define "bso.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "bso.labels" -}}
{{ include "bso.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}
{{- /* Where services are served: the first of the namespaces named, or the release's own. */}}
{{- define "bso.testNamespace" -}}
{{ if .Values.test.server }}{{ first (.Values.namespaces | default list) | default .Release.Namespace }}{{ else }}{{ .Release.Namespace }}{{ end }}
{{- end }}
{{- define "bso.testName" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}-test
{{- end }}
{{- define "bso.testLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end }}
{{- define "bso.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "bso.name" .) .Values.serviceAccount.name }}{{ else }}{{ required "serviceAccount.name: name a ServiceAccount that exists, or set serviceAccount.create" .Values.serviceAccount.name }}{{ end }}
{{- end }}
{{- define "bso.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}
{{- define "bso.securityContext" -}}
{{- if .Values.securityContext }}
{{- toYaml .Values.securityContext }}
{{- else -}}
allowPrivilegeEscalation: false
capabilities: {drop: [ALL]}
readOnlyRootFilesystem: true
{{- end }}
{{- end }}
{{- define "bso.podSecurityContext" -}}
{{- if .Values.podSecurityContext }}
{{- toYaml .Values.podSecurityContext }}
{{- else -}}
runAsNonRoot: true
{{- /* OpenShift gives each namespace a range of ids, and refuses every other one */}}
{{- if not (.Capabilities.APIVersions.Has "security.openshift.io/v1") }}
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end }}
{{- end }}
{{- /* What is namespaced and where our kinds live: granted everywhere, or in each namespace named. */}}
{{- define "bso.namespacedRules" -}}
# our own kind: the controller's watch; get reads past the cache; patch sets the finalizer and one annotation
- apiGroups: [backingservice.dev]
  resources: [backingservices]
  verbs: [get, list, watch, patch]
- apiGroups: [backingservice.dev]
  resources: [backingservices/status]
  verbs: [update]
# binding Secrets, by name; never listed, never watched
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, update, delete]
# workloads: found, watched, injected
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: [get, list, watch, patch]
- apiGroups: [batch]
  resources: [cronjobs]
  verbs: [get, list, watch, patch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end }}
{{- /* What belongs to the cluster. */}}
{{- define "bso.clusterRules" -}}
- apiGroups: [backingservice.dev]
  resources: [backingservers]
  verbs: [get, list, watch, patch]
- apiGroups: [backingservice.dev]
  resources: [backingservers/status]
  verbs: [update]
# the labels that allowedNamespaces selects by
- apiGroups: [""]
  resources: [namespaces]
  verbs: [list, watch]
{{- end }}
