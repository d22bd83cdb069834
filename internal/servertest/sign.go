package servertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"cosell/internal/api"
)

// signers keep the signing key of the day, by the secret: a signer takes a key that it
// knows for unchanged.
var signers sync.Map

func signerOf(secret string) *v4.Signer {
	s, known := signers.Load(secret)
	if !known {
		s, _ = signers.LoadOrStore(secret, v4.NewSigner())
	}
	signer, _ := s.(*v4.Signer)
	return signer
}

// Request returns a request for an operation, signed with one of the
// development keys.
func Request(ctx context.Context, url, accessKey, operation string, body []byte) (*http.Request, error) {
	return RequestAs(ctx, url, aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: "test"}, operation, body)
}

// RequestAs returns a request for an operation, signed with an access key.
func RequestAs(ctx context.Context, url string, keys aws.Credentials, operation string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.URL.Path = "/"
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", api.TargetPrefix+"."+operation)
	r.Header.Set("User-Agent", "cosell-bench")
	sum := sha256.Sum256(body)
	if err := signerOf(keys.SecretAccessKey).SignHTTP(ctx, keys, r, hex.EncodeToString(sum[:]), "partnercentral-selling", "us-east-1", time.Now()); err != nil {
		return nil, fmt.Errorf("sign %s: %w", operation, err)
	}
	return r, nil
}
