package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/conform"
	"cosell/internal/observe"
	"cosell/internal/record"
)

// recordCommand is a proxy that keeps exchanges.
type recordCommand struct {
	Upstream  string           `env:"-" default:"http://127.0.0.1:8787" placeholder:"URL" help:"Endpoint that requests are passed on to (${default})."`
	Listen    string           `env:"-" default:"127.0.0.1:8788" placeholder:"ADDRESS" help:"Address for clients (${default}); port 0 chooses a free port."`
	Output    string           `env:"-" short:"o" required:"true" placeholder:"FILE" help:"File that gets the recording; it must not exist."`
	Sensitive record.Sensitive `env:"-" enum:"replace,mask,keep" default:"replace" help:"What happens to members that AWS's model calls sensitive: replace by other letters and digits, the same for the same text; mask; or keep (${default})."`
	Region    string           `default:"us-east-1" env:"AWS_REGION" help:"Region of the signatures for an upstream that is not on this machine (${default})."`
}

// Help implements [kong.HelpProvider].
func (*recordCommand) Help() string {
	return "An upstream on this machine gets the client's own signature; another one gets requests that are signed anew with " +
		"AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Neither signatures nor secrets are kept.\n\n" +
		examples("cosell record --output monday.jsonl", "cosell replay monday.jsonl")
}

// Run passes requests on until the process is told to stop.
func (c *recordCommand) Run(out output, errs diagnostics) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil || !isLoopback(host) {
		return fmt.Errorf("--listen: must be a loopback address, such as 127.0.0.1:8788, since the proxy signs for whoever reaches it; is %s", c.Listen)
	}
	const private = 0o600 // even what was replaced tells what a company does
	f, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, private)
	if err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	var signer *record.Signer
	if !conform.Local(c.Upstream) {
		if signer, err = environmentSigner(c.Region); err != nil {
			return errors.Join(err, f.Close(), os.Remove(c.Output))
		}
	}
	proxy, err := record.NewProxy(c.Upstream, signer, c.Sensitive, f, observe.NewLogger(errs, "text", 0))
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(c.Output))
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", c.Listen)
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(c.Output))
	}
	const headerTimeout, stopTimeout = 10 * time.Second, 5 * time.Second
	server := &http.Server{Handler: proxy, ReadHeaderTimeout: headerTimeout}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Fprintf(out, "Recording to %s; clients use http://%s\n", c.Output, listener.Addr())
	select {
	case err = <-ended:
	case <-ctx.Done():
		timeout, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		err = server.Shutdown(timeout)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// environmentSigner signs with the credentials of the environment, whatever the access key.
func environmentSigner(region string) (*record.Signer, error) {
	keys := aws.Credentials{
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
	}
	if keys.AccessKeyID == "" || keys.SecretAccessKey == "" {
		return nil, errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: must be set for an endpoint that is not on this machine")
	}
	return &record.Signer{Region: region, Credentials: func(string) aws.Credentials { return keys }}, nil
}

// replayCommand sends a recording to an endpoint.
type replayCommand struct {
	File     string `arg:"" type:"existingfile" help:"Recording made by cosell record."`
	Endpoint string `default:"http://127.0.0.1:8787" placeholder:"URL" help:"Address of the server (${default})."`
	Region   string `default:"us-east-1" env:"AWS_REGION" help:"Region of the signatures (${default})."`
	Yes      bool   `env:"-" help:"Send the requests to an endpoint that is not on this machine."`
}

// Help implements [kong.HelpProvider].
func (*replayCommand) Help() string {
	return "Shows what answers differently. Identifiers, times and tokens of the recording are translated to those of the endpoint. " +
		"An endpoint on this machine gets the development keys of the recorded accounts, another one the credentials of the " +
		"environment. Ends with status 1 if an answer differs.\n\n" + examples("cosell replay monday.jsonl")
}

// Run sends the requests one after the other.
func (c *replayCommand) Run(out output) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	recording, err := record.NewReader(bufio.NewReader(f))
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	signer := &record.Signer{Region: c.Region, Credentials: func(accessKey string) aws.Credentials {
		return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: "test"}
	}}
	if !conform.Local(c.Endpoint) {
		if !c.Yes {
			return fmt.Errorf("%s is not on this machine: repeat the command with --yes to send the requests there", c.Endpoint)
		}
		if signer, err = environmentSigner(c.Region); err != nil {
			return err
		}
	}
	const timeout = time.Minute
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	replayer := &record.Replayer{Endpoint: c.Endpoint, Signer: signer, Client: &http.Client{Timeout: timeout}}
	different := 0
	sent, err := replayer.Replay(ctx, recording, func(d record.Difference) {
		different++
		fmt.Fprintf(out, "%d %s, account %s\n", d.Exchange.Number, d.Exchange.Operation, d.Exchange.Account)
		for _, line := range d.Lines {
			fmt.Fprintf(out, "  %s\n", line)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d requests sent, %d answered differently.\n", sent, different)
	if different > 0 {
		return fmt.Errorf("%d answers differ from the recording", different)
	}
	return nil
}
