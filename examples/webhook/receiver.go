// Command receiver prints the events of a webhook whose signatures are right.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func receive(w http.ResponseWriter, r *http.Request) {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))
	body, _ := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	at, _ := strconv.ParseInt(r.Header.Get("Webhook-Timestamp"), 10, 64)
	for given := range strings.FieldsSeq(r.Header.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(given), []byte(want)) && time.Since(time.Unix(at, 0)).Abs() < 5*time.Minute {
			fmt.Println("received", string(body))
			return // 200
		}
	}
	http.Error(w, "the signature is wrong", http.StatusUnauthorized)
}

func main() { panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(receive))) }
