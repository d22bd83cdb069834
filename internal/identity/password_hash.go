package identity

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of hashing a password with argon2id, as OWASP recommends: it takes about 30 ms
// and 19 MiB.
const (
	hashMemory  = 19 << 10 // KiB
	hashTime    = 2
	hashThreads = 1
	saltBytes   = 16
	hashBytes   = 32
	// maxHashers is how many passwords are hashed at once, which bounds the memory.
	maxHashers = 2
)

// hashPrefix begins every hash that this version makes and accepts.
var hashPrefix = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, hashMemory, hashTime, hashThreads)

// hashPassword returns the hash of a password in the usual form of argon2id.
func hashPassword(password string, salt []byte) string {
	sum := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashThreads, hashBytes)
	return hashPrefix + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(sum)
}

// noPassword stands for the hash where there is none, so that the time tells nothing.
var noPassword = hashPrefix + strings.Repeat("A", base64.RawStdEncoding.EncodedLen(saltBytes)) + "$"

// samePassword reports in constant time whether a password has a hash. Hashes of other
// costs, which an import might bring, are of no password.
func samePassword(password, hash string) bool {
	rest, known := strings.CutPrefix(hash, hashPrefix)
	encoded, _, _ := strings.Cut(rest, "$")
	salt, err := base64.RawStdEncoding.DecodeString(encoded)
	if !known || err != nil || len(salt) != saltBytes {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(hashPassword(password, salt)), []byte(hash)) == 1
}

// stampOf returns what stands for a hash where it must not be shown.
func stampOf(hash string) string {
	const size = 16
	sum := sha256.Sum256([]byte("console password\x00" + hash))
	return base64.RawURLEncoding.EncodeToString(sum[:size])
}
