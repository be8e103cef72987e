// The gateway in a container: go get github.com/testcontainers/testcontainers-go
package login

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

type simulation struct {
	t          *testing.T
	url, token string
}

func start(t *testing.T) simulation {
	secret := make([]byte, 24)
	_, _ = rand.Read(secret)
	token := hex.EncodeToString(secret)
	ctx := context.Background()
	gateway, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		ContainerRequest: testcontainers.ContainerRequest{
			Image:        "scan-to-login",
			Env:          map[string]string{"PAIRING_SIM_TOKEN": token},
			ExposedPorts: []string{"8080/tcp"},
			WaitingFor:   wait.ForHTTP("/readyz").WithPort("8080/tcp"),
		},
		Started: true,
	})
	testcontainers.CleanupContainer(t, gateway)
	if err != nil {
		t.Fatal(err)
	}
	url, err := gateway.PortEndpoint(ctx, "8080/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	return simulation{t, url + "/sim/v1", token}
}

func (s simulation) call(method, path, body string) map[string]any {
	s.t.Helper()
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode/100 != 2 {
		s.t.Fatalf("%s %s: %s", method, path, text)
	}
	fields := map[string]any{}
	_ = json.Unmarshal(text, &fields) // 204 has none
	return fields
}

func TestAConfirmedLoginVerifiesItsUnit(t *testing.T) {
	sim := start(t)
	client := sim.call("POST", "/clients", `{"ticket": false}`)["client_id"].(string)
	phone := sim.call("POST", "/phones", `{"persona": "approves"}`)["phone_id"].(string)
	sim.call("POST", "/phones/"+phone+"/watch", `{"client_id": "`+client+`"}`)
	ticket := sim.call("POST", "/clients/"+client+"/ticket", "{}")["ticket_id"].(string)
	sim.call("GET", "/await?ticket="+ticket+"&state=confirmed&timeout=10", "") // an event, not a sleep
	sim.call("POST", "/clients/"+client+"/claim", "{}")
	unit := `{"unit": "A", "declaration_password": "Unit-2019"}`
	verified := sim.call("POST", "/clients/"+client+"/verification", unit)
	if verified["stage"] != "unit_verified" {
		t.Fatalf("stage: %v", verified["stage"])
	}
}
