package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// parserOf returns the parser of the command line, and the variables of the flags of serve.
func parserOf(t *testing.T) (parser *kong.Kong, variables []string) {
	t.Helper()
	parser = kong.Must(new(program), kong.Name("cosell"), kong.DefaultEnvars("COSELL"), kong.Vars{"data": t.TempDir(), "version": "test"},
		kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) { t.Error("the parser ended the process") }))
	for _, command := range parser.Model.Children {
		if command.Name == "serve" {
			for _, flag := range command.Flags {
				variables = append(variables, flag.Envs...)
			}
		}
	}
	return parser, variables
}

func readDeploy(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../deploy/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents decodes a file of YAML documents.
func documents(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	d := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	for {
		var one map[string]any
		if err := d.Decode(&one); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
}

// at returns what stands at a path of names and indexes; nil where nothing does.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func textsOf(v any) (all []string) {
	list, _ := v.([]any)
	for _, one := range list {
		text, _ := one.(string)
		all = append(all, text)
	}
	return all
}

// TestDeploymentFilesFitTheCommandLine sees that the files in deploy name flags, variables and
// paths that this server has, and that what they start is strict.
func TestDeploymentFilesFitTheCommandLine(t *testing.T) {
	parser, variables := parserOf(t)
	compose := documents(t, readDeploy(t, "compose.yaml"))
	cluster := documents(t, readDeploy(t, "kubernetes.yaml"))
	unit, image := readDeploy(t, "cosell.service"), readDeploy(t, "Dockerfile")
	var pod any
	kinds := map[string]int{}
	for _, one := range cluster {
		kind, _ := one["kind"].(string)
		if kinds[kind]++; kind == "Deployment" {
			pod = at(one, "spec", "template", "spec")
		}
		if one["apiVersion"] == nil || at(one, "metadata", "name") != "cosell" {
			t.Errorf("%s: has no version or another name", kind)
		}
	}
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/cosell (.*)$`).FindStringSubmatch(unit)
	if start == nil || pod == nil || len(compose) != 1 {
		t.Fatalf("%v, %v, %d", start, pod, len(compose))
	}
	for name, args := range map[string][]string{
		"compose.yaml, the first":  textsOf(at(compose[0], "services", "cosell-1", "command")),
		"compose.yaml, the second": textsOf(at(compose[0], "services", "cosell-2", "command")),
		"kubernetes.yaml":          textsOf(at(pod, "containers", 0, "args")),
		"cosell.service":           strings.Fields(strings.NewReplacer("${STATE_DIRECTORY}", "/var/lib/cosell", "${CREDENTIALS_DIRECTORY}", credentialsOf(t, unit)).Replace(start[1])),
	} {
		if len(args) == 0 || args[0] != "serve" {
			t.Errorf("%s: starts %q", name, args)
			continue
		}
		if _, err := parser.Parse(args); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(strings.Join(args, " "), "--auth=strict") && !strings.Contains(strings.Join(args, " "), "--auth strict") {
			t.Errorf("%s: is not strict: %q", name, args)
		}
	}
	for name, text := range map[string]string{"compose.yaml": readDeploy(t, "compose.yaml"), "kubernetes.yaml": readDeploy(t, "kubernetes.yaml"), "Dockerfile": image, "cosell.service": unit} {
		for _, variable := range regexp.MustCompile(`COSELL_[A-Z_]*[A-Z]`).FindAllString(text, -1) {
			if variable == secretsKeyVariable {
				continue // has the key itself, which no flag takes
			}
			if !slices.Contains(variables, variable) {
				t.Errorf("%s: %s is the variable of no flag of serve", name, variable)
			}
		}
	}
	for _, kind := range []string{"Secret", "Deployment", "Service", "NetworkPolicy", "PodDisruptionBudget"} {
		if kinds[kind] != 1 {
			t.Errorf("kubernetes.yaml: %d of %s", kinds[kind], kind)
		}
	}
	checkPod(t, pod, cluster)
}

// credentialsOf returns a directory with the files that a unit passes to its service.
func credentialsOf(t *testing.T, unit string) string {
	t.Helper()
	dir := t.TempDir()
	for _, found := range regexp.MustCompile(`(?m)^LoadCredential=([a-z.-]+):/etc/cosell/`).FindAllStringSubmatch(unit, -1) {
		if err := os.WriteFile(filepath.Join(dir, found[1]), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestProxyOfComposeIsTrusted sees that the replicas believe the proxy, and it alone, and that it
// passes on no address that a client made up.
func TestProxyOfComposeIsTrusted(t *testing.T) {
	compose := documents(t, readDeploy(t, "compose.yaml"))[0]
	address, _ := at(compose, "services", "proxy", "networks", "default", "ipv4_address").(string)
	for _, replica := range []string{"cosell-1", "cosell-2"} {
		if got := at(compose, "services", replica, "environment", "COSELL_TRUSTED_PROXIES"); address == "" || got != address+"/32" {
			t.Errorf("%s trusts %v, the proxy is %s", replica, got, address)
		}
	}
	settings, _ := at(compose, "configs", "haproxy", "content").(string)
	for _, want := range []string{"http-request set-header X-Forwarded-For %[src]", "http-request del-header Forwarded"} {
		if !strings.Contains(settings, want) {
			t.Errorf("the proxy has no %q", want)
		}
	}
}

// checkPod sees that the pod asks paths that the server answers, is confined, and reads
// secrets that are there.
func checkPod(t *testing.T, pod any, cluster []map[string]any) {
	t.Helper()
	container := at(pod, "containers", 0)
	for probe, path := range map[string]string{"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"} {
		if got := at(container, probe, "httpGet", "path"); got != path {
			t.Errorf("%s: asks %v, want %s", probe, got, path)
		}
	}
	for _, c := range []struct {
		path []any
		want any
	}{
		{[]any{"securityContext", "readOnlyRootFilesystem"}, true},
		{[]any{"securityContext", "allowPrivilegeEscalation"}, false},
		{[]any{"securityContext", "capabilities", "drop", 0}, "ALL"},
	} {
		if got := at(container, c.path...); got != c.want {
			t.Errorf("%v: %v, want %v", c.path, got, c.want)
		}
	}
	asUser, _ := at(pod, "securityContext", "runAsNonRoot").(bool)
	if token, said := at(pod, "automountServiceAccountToken").(bool); !asUser || token || !said {
		t.Error("the pod is not confined")
	}
	secrets := map[string]any{}
	for _, one := range cluster {
		if one["kind"] == "Secret" {
			secrets, _ = one["stringData"].(map[string]any)
		}
	}
	list, _ := at(container, "env").([]any)
	for _, one := range list {
		if _, plain := at(one, "value").(string); plain {
			continue
		}
		key, _ := at(one, "valueFrom", "secretKeyRef", "key").(string)
		if _, found := secrets[key]; !found || len(list) < len(secrets) {
			t.Errorf("%v: reads the secret %q, which there is not", at(one, "name"), key)
		}
	}
}
