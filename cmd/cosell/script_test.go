package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/rogpeppe/go-internal/testscript"

	"cosell/internal/api"
	"cosell/internal/servertest"
	"cosell/internal/store/enginetest"
)

func TestMain(m *testing.M) {
	testscript.Main(onEngine{m}, map[string]func(){"cosell": main})
}

// onEngine runs tests with the engine under test, which ends with them.
type onEngine struct{ *testing.M }

// Run implements [testscript.TestingM].
func (m onEngine) Run() int { return enginetest.Run(m.M) }

// TestScripts runs the command line as a user does. Beside the usual commands,
// scripts know:
//
//	start ARGS…          runs cosell serve until it listens; $URL is where
//	await TEXT           passes on what the server prints, until a line has TEXT
//	request METHOD PATH  sends a request; the answer is the standard output
//	selling OP JSON      sends a signed request; the answer is the standard output. It is
//	                     signed with AWS_ACCESS_KEY_ID and the like, or a development key
//	capture NAME PATTERN sets a variable to the first group in the standard output
//	end SIGNAL           ends the server; its log is in the file log
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Values[serverKey{}] = new(background)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start": start, "await": await, "request": request, "selling": signed, "capture": capture, "end": end,
		},
	})
}

type serverKey struct{}

// background is the server that a script started.
type background struct {
	cmd *exec.Cmd
	out *bufio.Reader
	log bytes.Buffer
}

func start(ts *testscript.TestScript, _ bool, args []string) {
	b := ts.Value(serverKey{}).(*background)
	b.log.Reset()
	b.cmd = exec.Command(lookPath(ts), append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	b.cmd.Dir, b.cmd.Env, b.cmd.Stderr = ts.MkAbs("."), []string{"HOME=" + ts.Getenv("HOME")}, &b.log
	out, err := b.cmd.StdoutPipe()
	ts.Check(err)
	b.out = bufio.NewReader(out)
	b.cmd.SysProcAttr = servertest.Attributes()
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // with the thread ends the server, and so when the tests are killed
		started <- b.cmd.Start()
		<-ended
	}()
	ts.Defer(func() { close(ended) })
	ts.Check(<-started)
	ts.Defer(func() { _ = b.cmd.Process.Kill() })
	line, err := b.out.ReadString('\n')
	if err != nil {
		ts.Fatalf("the server did not start: %s", b.log.String())
	}
	_, rest, _ := strings.Cut(line, " is listening on ")
	url, _, _ := strings.Cut(rest, " ")
	ts.Setenv("URL", url)
	ts.Setenv("ADDRESS", strings.TrimPrefix(url, "http://"))
	ts.Logf("%s", line)
}

func await(ts *testscript.TestScript, _ bool, args []string) {
	b := ts.Value(serverKey{}).(*background)
	for {
		line, err := b.out.ReadString('\n')
		fmt.Fprint(ts.Stdout(), line)
		if strings.Contains(line, args[0]) {
			return
		}
		if err != nil {
			ts.Fatalf("the server ended: %s", b.log.String())
		}
	}
}

func lookPath(ts *testscript.TestScript) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path, err := exec.LookPath(dir + "/cosell"); err == nil {
			return path
		}
	}
	ts.Fatalf("cosell is not in the PATH")
	return ""
}

func request(ts *testscript.TestScript, _ bool, args []string) {
	r, err := http.NewRequest(args[0], ts.Getenv("URL")+args[1], nil)
	ts.Check(err)
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d\n%s\n", answer.StatusCode, body)
}

func signed(ts *testscript.TestScript, neg bool, args []string) {
	var answer api.Raw
	var err error
	if id := ts.Getenv("AWS_ACCESS_KEY_ID"); id == "" {
		err = call(context.Background(), ts.Getenv("URL"), args[0], api.Raw(args[1]), &answer)
	} else {
		keys := aws.Credentials{AccessKeyID: id, SecretAccessKey: ts.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: ts.Getenv("AWS_SESSION_TOKEN")}
		answer, err = callAs(ts.Getenv("URL"), keys, args[0], args[1])
	}
	if neg {
		fmt.Fprintln(ts.Stderr(), err)
		return
	}
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n", answer)
}

func callAs(url string, keys aws.Credentials, operation, body string) (answer []byte, err error) {
	r, err := servertest.RequestAs(context.Background(), url, keys, operation, []byte(body))
	if err != nil {
		return nil, err
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	if answer, err = io.ReadAll(a.Body); err == nil && a.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s: %s", operation, a.Status, answer)
	}
	return answer, err
}

func capture(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("the standard output has no %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

func end(ts *testscript.TestScript, _ bool, args []string) {
	b := ts.Value(serverKey{}).(*background)
	signal := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "KILL": os.Kill}[args[0]]
	ts.Check(b.cmd.Process.Signal(signal))
	err := b.cmd.Wait()
	if args[0] != "KILL" {
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs("log"), b.log.Bytes(), 0o600))
}
