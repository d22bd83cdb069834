package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"

	"cosell/internal/buckets"
	"cosell/internal/s3"
)

// bulkFlags are the flags of serve about where bulk jobs read files.
type bulkFlags struct {
	BulkS3Buckets  []string `name:"bulk-s3-buckets" placeholder:"GRANT" help:"Buckets of S3 elsewhere that bulk jobs may read, beside the server's own: ACCOUNT=BUCKET or ACCOUNT=BUCKET/PREFIX for one account, or BUCKET for every account below its own number. The credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the environment."`
	BulkS3Region   string   `name:"bulk-s3-region" placeholder:"REGION" help:"Region of these buckets."`
	BulkS3Endpoint string   `name:"bulk-s3-endpoint" placeholder:"URL" help:"Address of that S3, where it is not AWS's; buckets are then named in the path."`
}

// buckets returns what reads files elsewhere, nil where nothing does.
func (f *bulkFlags) buckets() (*buckets.Reader, error) {
	if len(f.BulkS3Buckets) == 0 {
		return nil, nil
	}
	c := buckets.Config{
		Region: f.BulkS3Region, Endpoint: f.BulkS3Endpoint,
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
	}
	for _, text := range f.BulkS3Buckets {
		grant, err := buckets.ParseGrant(text)
		switch {
		case err != nil:
			return nil, fmt.Errorf("--bulk-s3-buckets: %w", err)
		case grant.Bucket == s3.Bucket:
			return nil, fmt.Errorf("--bulk-s3-buckets: must not name %s, which is the server's own", s3.Bucket)
		}
		c.Grants = append(c.Grants, grant)
	}
	switch u, err := url.Parse(c.Endpoint); {
	case c.Region == "":
		return nil, errors.New("--bulk-s3-region: must be given together with --bulk-s3-buckets")
	case c.AccessKeyID == "" || c.SecretAccessKey == "":
		return nil, errors.New("--bulk-s3-buckets: needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
	case c.Endpoint != "" && (err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "http" && u.Scheme != "https"):
		return nil, errors.New("--bulk-s3-endpoint: must be an address such as https://s3.example.com")
	}
	return buckets.New(c), nil
}
