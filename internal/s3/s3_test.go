package s3_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/files"
	"cosell/internal/ids"
	"cosell/internal/operation"
	"cosell/internal/queue"
	"cosell/internal/s3"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

const account = "123456789012"

type door struct {
	url   string
	store store.Store
	clock *clock.Adjustable
	work  *queue.Runner
}

func open(t *testing.T) *door {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := &door{store: s, clock: clock.New()}
	r, err := operation.NewRunner(t.Context(), operation.Config{Store: s, Clock: d.clock, IDs: ids.System()})
	if err != nil {
		t.Fatal(err)
	}
	f := files.New(r)
	handlers, err := operation.NewWorkHandlers(r, f.WorkHandlers())
	if err != nil {
		t.Fatal(err)
	}
	d.work = queue.New(queue.Config{Store: s, Clock: d.clock, Handler: handlers, Log: slog.New(slog.DiscardHandler), Poll: time.Millisecond})
	server := httptest.NewServer(s3.New(s3.Config{
		Files: f, Verifier: auth.NewObjectVerifier(auth.DevKeys{}, time.Now), RequestID: ids.System().UUID,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Pages: new(auth.Pages),
	}))
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

func (d *door) client() *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: &d.url, UsePathStyle: true, Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: account, SecretAccessKey: "test"}, nil
		}),
	})
}

// read returns the bytes of the newest version of a file.
func (d *door) read(t *testing.T, name string) (v *files.Version, content []byte) {
	t.Helper()
	if err := d.store.View(t.Context(), func(tx *store.Tx) (err error) {
		if v, err = files.Find(tx, store.FileKey{Account: account, Name: name}, ""); err != nil {
			return err
		}
		content, err = io.ReadAll(files.NewReader(v.Content, 0, tx.BlobChunk))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return v, content
}

// rows counts what the tables of files hold.
func (d *door) rows(t *testing.T) (n int) {
	t.Helper()
	if err := d.store.View(t.Context(), func(tx *store.Tx) error {
		n = 0
		for _, table := range store.Tables() {
			if !strings.HasPrefix(table.Name, "file") && !strings.HasPrefix(table.Name, "blob") {
				continue
			}
			if err := tx.Walk(table, func([]any) error { n++; return nil }); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// settle performs work until none is due.
func (d *door) settle(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); d.work.Run(ctx) }()
	for due := true; due; {
		d.work.Wake()
		if err := d.store.View(t.Context(), func(tx *store.Tx) (err error) {
			due, err = tx.HasWork(d.clock.Now().UnixMilli(), time.Now().Add(time.Hour).UnixMilli())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	stop()
	<-done
}

func object(name string) *string { return aws.String(account + "/" + name) }

func bytesOf(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * i >> 7)
	}
	return b
}

func TestPutObject(t *testing.T) {
	d := open(t)
	for name, change := range map[string]func(*sdk.PutObjectInput){
		"default.csv":   func(*sdk.PutObjectInput) {},
		"crc32c.csv":    func(in *sdk.PutObjectInput) { in.ChecksumAlgorithm = types.ChecksumAlgorithmCrc32c },
		"crc64nvme.csv": func(in *sdk.PutObjectInput) { in.ChecksumAlgorithm = types.ChecksumAlgorithmCrc64nvme },
		"sha1.csv":      func(in *sdk.PutObjectInput) { in.ChecksumAlgorithm = types.ChecksumAlgorithmSha1 },
		"sha256.csv":    func(in *sdk.PutObjectInput) { in.ChecksumAlgorithm = types.ChecksumAlgorithmSha256 },
		"dir/ü +%&.csv": func(in *sdk.PutObjectInput) { in.ContentType = aws.String("text/csv") },
		"//odd/../name": func(*sdk.PutObjectInput) {},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{0, 1, files.ChunkSize - 1, files.ChunkSize, files.ChunkSize + 1, 3*files.ChunkSize + 5} {
				content := bytesOf(size)
				in := &sdk.PutObjectInput{Bucket: aws.String(s3.Bucket), Key: object(name), Body: bytes.NewReader(content)}
				change(in)
				out, err := d.client().PutObject(t.Context(), in)
				if err != nil {
					t.Fatalf("%d bytes: %v", size, err)
				}
				v, got := d.read(t, name)
				if !bytes.Equal(got, content) {
					t.Errorf("%d bytes: read %d others", size, len(got))
				}
				sum := md5.Sum(content)
				if want := `"` + hex.EncodeToString(sum[:]) + `"`; *out.ETag != want || *out.VersionId != v.ID {
					t.Errorf("%d bytes: ETag %s of version %s, want %s of %s", size, *out.ETag, *out.VersionId, want, v.ID)
				}
			}
		})
	}
}

func TestPresignedPut(t *testing.T) {
	d := open(t)
	url, err := sdk.NewPresignClient(d.client()).PresignPutObject(t.Context(), &sdk.PutObjectInput{Bucket: aws.String(s3.Bucket), Key: object("a.csv")})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url.URL, strings.NewReader("a,b"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, got := d.read(t, "a.csv"); response.StatusCode != http.StatusOK || string(got) != "a,b" {
		t.Errorf("%s, read %q", response.Status, got)
	}
}

func TestMultipart(t *testing.T) {
	d := open(t)
	c := d.client()
	begun, err := c.CreateMultipartUpload(t.Context(), &sdk.CreateMultipartUploadInput{Bucket: aws.String(s3.Bucket), Key: object("big.csv")})
	if err != nil {
		t.Fatal(err)
	}
	content := bytesOf(5<<20 + 5<<20 + 77)
	content[5<<20] ^= 1 // no two parts are alike
	var parts []types.CompletedPart
	put := func(number int32, part []byte) types.CompletedPart {
		out, err := c.UploadPart(t.Context(), &sdk.UploadPartInput{
			Bucket: aws.String(s3.Bucket), Key: object("big.csv"), UploadId: begun.UploadId, PartNumber: &number, Body: bytes.NewReader(part),
		})
		if err != nil {
			t.Fatal(err)
		}
		return types.CompletedPart{PartNumber: &number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32}
	}
	put(2, []byte("replaced"))
	put(9, []byte("not used"))
	for i, part := range [][]byte{content[:5<<20], content[5<<20 : 10<<20], content[10<<20:]} {
		parts = append(parts, put(int32(i+1), part))
	}
	in := func(parts ...types.CompletedPart) *sdk.CompleteMultipartUploadInput {
		return &sdk.CompleteMultipartUploadInput{
			Bucket: aws.String(s3.Bucket), Key: object("big.csv"), UploadId: begun.UploadId,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		}
	}
	other := parts[1]
	other.ETag = parts[0].ETag
	for _, wrong := range []struct {
		code string
		in   *sdk.CompleteMultipartUploadInput
	}{
		{"InvalidPartOrder", in(parts[1], parts[0])},
		{"InvalidPartOrder", in(parts[0], parts[0])},
		{"InvalidPart", in(parts[0], other)},
		{"InvalidPart", in(parts[0], types.CompletedPart{PartNumber: aws.Int32(7), ETag: parts[0].ETag})},
		{"EntityTooSmall", in(parts[2], put(9, []byte("not used")))},
		{"MalformedXML", in()},
		{"BadDigest", func() *sdk.CompleteMultipartUploadInput {
			wrong := in(parts...)
			wrong.ChecksumCRC32, wrong.ChecksumType = aws.String("AAAAAA=="), types.ChecksumTypeFullObject
			return wrong
		}()},
	} {
		_, err := c.CompleteMultipartUpload(t.Context(), wrong.in)
		wantCode(t, err, wrong.code)
	}
	done, err := c.CompleteMultipartUpload(t.Context(), in(parts...))
	if err != nil {
		t.Fatal(err)
	}
	v, got := d.read(t, "big.csv")
	if !bytes.Equal(got, content) || v.ID != *done.VersionId || !strings.HasSuffix(*done.ETag, `-3"`) {
		t.Errorf("read %d bytes of version %s, ETag %s", len(got), v.ID, *done.ETag)
	}
	_, err = c.CompleteMultipartUpload(t.Context(), in(parts...))
	wantCode(t, err, "NoSuchUpload")
	d.settle(t)
	// The version, its three blobs, and the chunks of those.
	if want := 1 + 3 + 20 + 20 + 1; d.rows(t) != want {
		t.Errorf("%d rows, want %d", d.rows(t), want)
	}
}

// waitingBody is a body of which nothing comes: it says that it is asked for and then waits.
type waitingBody struct{ asked, end chan struct{} }

func (b waitingBody) Read([]byte) (int, error) {
	select {
	case b.asked <- struct{}{}:
	case <-b.end:
	}
	<-b.end
	return 0, io.ErrUnexpectedEOF
}

// TestAttackUploadsHoldEveryPlace sees that the uploads of one account, whose bodies do not
// come, leave places to those of others.
func TestAttackUploadsHoldEveryPlace(t *testing.T) {
	const places = 32
	d := open(t)
	body := waitingBody{make(chan struct{}), make(chan struct{})}
	var all sync.WaitGroup
	defer all.Wait()
	defer close(body.end)
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	for i := range 2 * places {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, d.url+"/"+s3.Bucket+"/"+*object(fmt.Sprint(i)), body)
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = 1 << 20
		r.Header.Set("Expect", "100-continue") // so that the server asks for the body
		r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		if err := v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: account, SecretAccessKey: "test"}, r, "UNSIGNED-PAYLOAD", "s3", "us-east-1", time.Now()); err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			if response, err := client.Do(r); err == nil {
				_ = response.Body.Close()
			}
		})
	}
	for range places / 2 {
		<-body.asked
	}
	const other = "210987654321"
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c := sdk.New(sdk.Options{
		BaseEndpoint: &d.url, UsePathStyle: true, Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: other, SecretAccessKey: "test"}, nil
		}),
	})
	if _, err := c.PutObject(ctx, &sdk.PutObjectInput{Bucket: aws.String(s3.Bucket), Key: aws.String(other + "/a"), Body: strings.NewReader("a")}); err != nil {
		t.Errorf("another account: %v", err)
	}
	select {
	case <-body.asked:
		t.Error("one account has more than half of the places")
	default:
	}
}

// TestAttackManyParts sees that an upload has a bounded number of parts, all of which are read
// and written at once, and an account a bounded number of uploads.
func TestAttackManyParts(t *testing.T) {
	d := open(t)
	c := d.client()
	begin := func() (*string, error) {
		begun, err := c.CreateMultipartUpload(t.Context(), &sdk.CreateMultipartUploadInput{Bucket: aws.String(s3.Bucket), Key: object("a")})
		if err != nil {
			return nil, err
		}
		return begun.UploadId, nil
	}
	upload, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	put := func(number int) error {
		_, err := c.UploadPart(t.Context(), &sdk.UploadPartInput{
			Bucket: aws.String(s3.Bucket), Key: object("a"), UploadId: upload, PartNumber: aws.Int32(int32(number)), Body: strings.NewReader("a"),
		})
		return err
	}
	for number := range files.MaxParts {
		if err := put(number + 1); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, put(10_000), "InvalidArgument")
	if err := put(1); err != nil {
		t.Errorf("a part again: %v", err)
	}
	d.fill(t, files.MaxUploads-1, func(tx *store.Tx, id string) error {
		return tx.InsertFileUpload(&store.FileUpload{FileKey: store.FileKey{Account: account, Name: "a"}, ID: id, Document: []byte("{}")})
	})
	_, err = begin()
	wantCode(t, err, "QuotaExceeded")
}

// TestAttackManyFiles sees that an account has a bounded number of files, whose sizes each
// upload adds up while others wait to write.
func TestAttackManyFiles(t *testing.T) {
	d := open(t)
	d.fill(t, files.MaxBlobs-1, func(tx *store.Tx, id string) error {
		return tx.InsertBlob(&store.Blob{BlobKey: store.BlobKey{Account: account, ID: id}, Held: true})
	})
	put := func() error {
		_, err := d.client().PutObject(t.Context(), &sdk.PutObjectInput{Bucket: aws.String(s3.Bucket), Key: object("a"), Body: strings.NewReader("a")})
		return err
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	wantCode(t, put(), "QuotaExceeded")
}

// fill adds rows.
func (d *door) fill(t *testing.T, n int, add func(tx *store.Tx, id string) error) {
	t.Helper()
	if err := d.store.Update(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			if err := add(tx, fmt.Sprint("row-", i)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestAbort(t *testing.T) {
	d := open(t)
	c := d.client()
	begun, err := c.CreateMultipartUpload(t.Context(), &sdk.CreateMultipartUploadInput{Bucket: aws.String(s3.Bucket), Key: object("a")})
	if err != nil {
		t.Fatal(err)
	}
	part := &sdk.UploadPartInput{
		Bucket: aws.String(s3.Bucket), Key: object("a"), UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("a"),
	}
	if _, err := c.UploadPart(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	abort := &sdk.AbortMultipartUploadInput{Bucket: aws.String(s3.Bucket), Key: object("a"), UploadId: begun.UploadId}
	if _, err := c.AbortMultipartUpload(t.Context(), abort); err != nil {
		t.Fatal(err)
	}
	_, err = c.AbortMultipartUpload(t.Context(), abort)
	wantCode(t, err, "NoSuchUpload")
	part.Body = strings.NewReader("a")
	_, err = c.UploadPart(t.Context(), part)
	wantCode(t, err, "NoSuchUpload")
	d.settle(t)
	if d.rows(t) != 0 {
		t.Errorf("%d rows remained", d.rows(t))
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

// TestWriteOnly lists what the bucket refuses.
func TestWriteOnly(t *testing.T) {
	d := open(t)
	c := d.client()
	bucket := aws.String(s3.Bucket)
	if _, err := c.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: bucket, Key: object("a"), Body: strings.NewReader("a")}); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"another account's prefix": func() error {
			_, err := c.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("111122223333/a"), Body: strings.NewReader("a")})
			return err
		},
		"no prefix": func() error {
			_, err := c.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("a"), Body: strings.NewReader("a")})
			return err
		},
		"no name": func() error {
			_, err := c.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: bucket, Key: aws.String(account), Body: strings.NewReader("a")})
			return err
		},
		"GetObject": func() error {
			_, err := c.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: bucket, Key: object("a")})
			return err
		},
		"ListObjectsV2": func() error {
			_, err := c.ListObjectsV2(t.Context(), &sdk.ListObjectsV2Input{Bucket: bucket})
			return err
		},
		"DeleteObject": func() error {
			_, err := c.DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: bucket, Key: object("a")})
			return err
		},
		"CopyObject": func() error {
			_, err := c.CopyObject(t.Context(), &sdk.CopyObjectInput{Bucket: bucket, Key: object("b"), CopySource: aws.String(s3.Bucket + "/" + account + "/a")})
			return err
		},
		"PutObjectTagging": func() error {
			_, err := c.PutObjectTagging(t.Context(), &sdk.PutObjectTaggingInput{Bucket: bucket, Key: object("a"), Tagging: &types.Tagging{TagSet: []types.Tag{}}})
			return err
		},
		"ListParts": func() error {
			_, err := c.ListParts(t.Context(), &sdk.ListPartsInput{Bucket: bucket, Key: object("a"), UploadId: aws.String("u")})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, do(), "AccessDenied") })
	}
	if _, err := c.HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: bucket, Key: object("a")}); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("HeadObject: %v", err)
	}
	if _, got := d.read(t, "a"); string(got) != "a" {
		t.Errorf("read %q", got)
	}
}

// TestOtherBuckets lists what is answered where a request names another bucket or none.
func TestOtherBuckets(t *testing.T) {
	d := open(t)
	c := d.client()
	other := aws.String("crm-exports")
	for name, row := range map[string]struct {
		do   func() error
		code string
	}{
		"PutObject": {func() error {
			_, err := c.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: other, Key: object("a"), Body: strings.NewReader("a")})
			return err
		}, "NoSuchBucket"},
		"CreateMultipartUpload": {func() error {
			_, err := c.CreateMultipartUpload(t.Context(), &sdk.CreateMultipartUploadInput{Bucket: other, Key: object("a")})
			return err
		}, "NoSuchBucket"},
		"GetObject": {func() error {
			_, err := c.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: other, Key: object("a")})
			return err
		}, "NoSuchBucket"},
		"DeleteObject": {func() error {
			_, err := c.DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: other, Key: object("a")})
			return err
		}, "NoSuchBucket"},
		"ListObjectsV2": {func() error {
			_, err := c.ListObjectsV2(t.Context(), &sdk.ListObjectsV2Input{Bucket: other})
			return err
		}, "NoSuchBucket"},
		"GetBucketLocation": {func() error {
			_, err := c.GetBucketLocation(t.Context(), &sdk.GetBucketLocationInput{Bucket: other})
			return err
		}, "NoSuchBucket"},
		"PutBucketVersioning": {func() error {
			_, err := c.PutBucketVersioning(t.Context(), &sdk.PutBucketVersioningInput{Bucket: other, VersioningConfiguration: &types.VersioningConfiguration{}})
			return err
		}, "NoSuchBucket"},
		"CreateBucket": {func() error {
			_, err := c.CreateBucket(t.Context(), &sdk.CreateBucketInput{Bucket: other})
			return err
		}, "AccessDenied"},
		"ListBuckets": {func() error { _, err := c.ListBuckets(t.Context(), &sdk.ListBucketsInput{}); return err }, "AccessDenied"},
		"GetBucketLocation of the bucket": {func() error {
			_, err := c.GetBucketLocation(t.Context(), &sdk.GetBucketLocationInput{Bucket: aws.String(s3.Bucket)})
			return err
		}, "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, row.do(), row.code) })
	}
	for bucket, status := range map[string]string{"crm-exports": "404", s3.Bucket: "403"} {
		if _, err := c.HeadBucket(t.Context(), &sdk.HeadBucketInput{Bucket: &bucket}); err == nil || !strings.Contains(err.Error(), "StatusCode: "+status) {
			t.Errorf("HeadBucket %s: %v, want %s", bucket, err, status)
		}
	}
}

// TestServes lists which requests are S3's.
func TestServes(t *testing.T) {
	const credential = "AKIDEXAMPLE/20261128/us-east-1/"
	for _, c := range []struct {
		method, target, authorization string
		want                          bool
	}{
		{"PUT", "/" + s3.Bucket + "/1/a", "", true},
		{"GET", "/" + s3.Bucket, "", true},
		{"GET", "/" + s3.Bucket + "x", "", false},
		{"PUT", "/other/a", "", false},
		{"PUT", "/other/a", "AWS4-HMAC-SHA256 Credential=" + credential + "s3/aws4_request, SignedHeaders=host, Signature=0", true},
		{"PUT", "/other/a?X-Amz-Credential=" + strings.ReplaceAll(credential, "/", "%2F") + "s3%2Faws4_request", "", true},
		{"GET", "/", "AWS4-HMAC-SHA256 Credential=" + credential + "s3/aws4_request, SignedHeaders=host, Signature=0", true},
		{"POST", "/", "AWS4-HMAC-SHA256 Credential=" + credential + "s3/aws4_request, SignedHeaders=host, Signature=0", false},
		{"PUT", "/other/a", "AWS4-HMAC-SHA256 Credential=" + credential + "partnercentral-selling/aws4_request, SignedHeaders=host, Signature=0", false},
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		r.Header.Set("Authorization", c.authorization)
		if got := s3.Serves(r); got != c.want {
			t.Errorf("%s %s %s: %v", c.method, c.target, c.authorization, got)
		}
	}
}

// TestBadUploads are bodies that are not stored.
func TestBadUploads(t *testing.T) {
	d := open(t)
	for name, c := range map[string]struct {
		in   sdk.PutObjectInput
		code string
	}{
		"Content-MD5 of another body":  {sdk.PutObjectInput{ContentMD5: aws.String(base64.StdEncoding.EncodeToString(make([]byte, 16)))}, "BadDigest"},
		"Content-MD5 malformed":        {sdk.PutObjectInput{ContentMD5: aws.String("abc")}, "InvalidDigest"},
		"checksum of another body":     {sdk.PutObjectInput{ChecksumCRC32: aws.String("AAAAAA==")}, "BadDigest"},
		"checksum malformed":           {sdk.PutObjectInput{ChecksumSHA256: aws.String("AAAA")}, "InvalidRequest"},
		"two checksums":                {sdk.PutObjectInput{ChecksumCRC32: aws.String("NhCmhg=="), ChecksumCRC32C: aws.String("mnG7TA==")}, "InvalidRequest"},
		"larger than 100 MB":           {sdk.PutObjectInput{Body: io.NewSectionReader(zeros{}, 0, files.MaxSize+1)}, "EntityTooLarge"},
		"a name longer than 1024":      {sdk.PutObjectInput{Key: object(strings.Repeat("a", 1025))}, "KeyTooLongError"},
		"a name that is no UTF-8 text": {sdk.PutObjectInput{Key: object("\xff")}, "InvalidURI"},
	} {
		t.Run(name, func(t *testing.T) {
			in := c.in
			in.Bucket = aws.String(s3.Bucket)
			if in.Key == nil {
				in.Key = object("bad")
			}
			if in.Body == nil {
				in.Body = strings.NewReader("hello")
			}
			_, err := d.client().PutObject(t.Context(), &in)
			wantCode(t, err, c.code)
		})
	}
	d.settle(t)
	if d.rows(t) != 0 {
		t.Errorf("%d rows remained", d.rows(t))
	}
}

type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }

// What came before a client went away is removed.
func TestClientGoesAway(t *testing.T) {
	d := open(t)
	body, half := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, d.url+"/"+s3.Bucket+"/"+account+"/a", body)
	if err != nil {
		t.Fatal(err)
	}
	url, err := sdk.NewPresignClient(d.client()).PresignPutObject(t.Context(), &sdk.PutObjectInput{Bucket: aws.String(s3.Bucket), Key: object("a")})
	if err != nil {
		t.Fatal(err)
	}
	if r.URL, err = r.URL.Parse(url.URL); err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 2 * files.ChunkSize
	go func() {
		_, _ = half.Write(bytesOf(files.ChunkSize + 5))
		_ = half.CloseWithError(errors.New("gone"))
	}()
	if response, err := http.DefaultClient.Do(r); err == nil {
		_ = response.Body.Close()
		t.Fatal(response.Status)
	}
	for range 1000 {
		if d.settle(t); d.rows(t) == 0 {
			return
		}
		time.Sleep(time.Millisecond) // the server notices when it reads
	}
	t.Errorf("%d rows remained", d.rows(t))
}

func TestVersionsExpire(t *testing.T) {
	d := open(t)
	for i := range 2 {
		if _, err := d.client().PutObject(t.Context(), &sdk.PutObjectInput{
			Bucket: aws.String(s3.Bucket), Key: object("a"), Body: strings.NewReader(fmt.Sprint(i)),
		}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.client().CreateMultipartUpload(t.Context(), &sdk.CreateMultipartUploadInput{Bucket: aws.String(s3.Bucket), Key: object("b")}); err != nil {
		t.Fatal(err)
	}
	pin := func(by int64) {
		if err := d.store.Update(t.Context(), func(tx *store.Tx) error {
			v, err := files.Find(tx, store.FileKey{Account: account, Name: "a"}, "")
			if err != nil {
				return err
			}
			return tx.PinFile(account, v.ID, by)
		}); err != nil {
			t.Fatal(err)
		}
	}
	pin(1)
	d.clock.Advance(files.Life - time.Minute)
	d.settle(t)
	if d.rows(t) != 2*3 { // a version, its blob, its chunk; the upload in parts is gone
		t.Errorf("%d rows, want 6", d.rows(t))
	}
	d.clock.Advance(2 * time.Minute)
	d.settle(t)
	if d.rows(t) != 3 {
		t.Errorf("%d rows, want those of the pinned version", d.rows(t))
	}
	pin(-1)
	d.clock.Advance(2 * time.Hour)
	d.settle(t)
	if d.rows(t) != 0 {
		t.Errorf("%d rows remained", d.rows(t))
	}
}

func TestOtherPagesAreRefused(t *testing.T) {
	d := open(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, d.url+"/"+s3.Bucket+"/"+account+"/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://evil.example")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusForbidden || !strings.Contains(string(body), "<Code>AccessDenied</Code>") {
		t.Errorf("%s %s", response.Status, body)
	}
}
