package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/files"
	"cosell/internal/s3"
)

// filesCommand groups the commands on files of bulk jobs.
type filesCommand struct {
	Put filesPut `cmd:"" help:"Upload a file for a bulk job and print its address."`
}

// signedClient is whose key a command signs with, and for which server.
type signedClient struct {
	Endpoint string `default:"http://127.0.0.1:8787" placeholder:"URL" help:"Address of the server (${default})."`
	Account  string `required:"true" placeholder:"ACCOUNT" help:"Account of twelve digits that the records belong to."`
	KeyID    string `name:"access-key-id" placeholder:"ID" help:"Access key to sign with; the account itself without one, as development mode takes it."`
	Secret   string `name:"secret-access-key" default:"test" placeholder:"SECRET" help:"Secret of the access key (test, as in development mode)."`
}

func (c signedClient) credentials() aws.Credentials {
	id := c.KeyID
	if id == "" {
		id = c.Account
	}
	return aws.Credentials{AccessKeyID: id, SecretAccessKey: c.Secret}
}

// uploadTimeout is how long an upload may take.
const uploadTimeout = 15 * time.Minute

type filesPut struct {
	signedClient

	File string `arg:"" type:"existingfile" help:"File to upload."`
	Name string `placeholder:"NAME" help:"Name of the file on the server; its own without one."`
}

// Run uploads a file and prints its address.
func (c *filesPut) Run(out output) (err error) {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() > files.MaxSize {
		return fmt.Errorf("%s: the file has %d bytes; the most is %d", c.File, info.Size(), files.MaxSize)
	}
	name := c.Name
	if name == "" {
		name = filepath.Base(c.File)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	version, err := c.put(name, hex.EncodeToString(sum.Sum(nil)), info.Size(), file)
	if err != nil {
		return err
	}
	address := url.URL{
		Scheme: "s3", Host: s3.Bucket, Path: "/" + c.Account + "/" + name, RawQuery: url.Values{"versionId": {version}}.Encode(),
	}
	_, err = fmt.Fprintln(out, address.String())
	return err
}

// put sends a file and returns the version that it became.
func (c *filesPut) put(name, sum string, size int64, content io.Reader) (version string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), uploadTimeout)
	defer cancel()
	at, err := url.Parse(c.Endpoint)
	if err != nil {
		return "", fmt.Errorf("--endpoint: %w", err)
	}
	at.Path = "/" + s3.Bucket + "/" + c.Account + "/" + name
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, at.String(), io.NopCloser(content))
	if err != nil {
		return "", err
	}
	r.ContentLength = size
	r.Header.Set("X-Amz-Content-Sha256", sum)
	if err := v4.NewSigner().SignHTTP(ctx, c.credentials(), r, sum, "s3", "us-east-1", time.Now(),
		func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }); err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	if answer.StatusCode != http.StatusOK {
		const most = 4096
		reason, _ := io.ReadAll(io.LimitReader(answer.Body, most))
		return "", fmt.Errorf("upload: %s: %s", answer.Status, reason)
	}
	return answer.Header.Get("X-Amz-Version-Id"), nil
}
