package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

const (
	maxBody       = 32 << 20
	sessionHeader = "X-Session-Id"
)

// A gateway answers clients: it knows who may ask, whose turn it is, and where answers come from.
type gateway struct {
	clientKey [sha256.Size]byte
	rotation  *rotation
	relay     *relay
}

func (g *gateway) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"status":"ok"}`)
	})
	for _, route := range []string{"POST /v1/chat/completions", "POST /v1/embeddings", "GET /v1/models"} {
		mux.HandleFunc(route, g.serve)
	}
	return mux
}

func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	if !g.authorized(r) {
		writeError(w, http.StatusUnauthorized, "invalid_api_key", "The API key is missing or wrong.")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		writeError(w, status, "invalid_body", "The request body could not be read.")
		return
	}
	g.relay.forward(w, r, body, g.rotation.choose(sessionOf(r, body)))
}

// authorized compares digests, so that neither content nor length of the key shows in the time taken.
func (g *gateway) authorized(r *http.Request) bool {
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	sent := digest(key)
	return found && subtle.ConstantTimeCompare(sent[:], g.clientKey[:]) == 1
}

func digest(key string) [sha256.Size]byte {
	return sha256.Sum256([]byte(key))
}

// sessionOf names the conversation: the header, else a field of the body; "" when nothing does.
// The body is parsed only when the header is not there.
func sessionOf(r *http.Request, body []byte) string {
	if session := r.Header.Get(sessionHeader); session != "" || len(body) == 0 {
		return session
	}
	var fields struct {
		PromptCacheKey string `json:"prompt_cache_key"`
		User           string `json:"user"`
	}
	// A body that is no JSON is for the upstream to refuse.
	_ = json.Unmarshal(body, &fields)
	if fields.PromptCacheKey != "" {
		return fields.PromptCacheKey
	}
	return fields.User
}

func writeError(w http.ResponseWriter, status int, code, message string) {
	kind := "invalid_request_error"
	if status >= http.StatusInternalServerError {
		kind = "server_error"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{
		"error": map[string]any{"message": message, "type": kind, "param": nil, "code": code},
	})
}
