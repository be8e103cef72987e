// The gateway in a container: org.testcontainers:testcontainers-junit-jupiter (before 2.0: junit-jupiter), Java 17 or newer.
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

@Testcontainers
class ScanToLoginTest {
    static final String TOKEN = UUID.randomUUID().toString();

    @Container
    static final GenericContainer<?> GATEWAY = new GenericContainer<>(DockerImageName.parse("scan-to-login"))
            .withEnv("PAIRING_SIM_TOKEN", TOKEN)
            .withExposedPorts(8080)
            .waitingFor(Wait.forHttp("/readyz").forPort(8080));

    final HttpClient http = HttpClient.newHttpClient();

    String sim(String method, String path, String body) throws Exception {
        var url = "http://%s:%d/sim/v1%s".formatted(GATEWAY.getHost(), GATEWAY.getMappedPort(8080), path);
        var request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, BodyHandlers.ofString());
        assertEquals(2, answer.statusCode() / 100, answer.body());
        return answer.body();
    }

    static String field(String json, String name) {
        var found = Pattern.compile("\"" + name + "\":\\s*\"([^\"]*)\"").matcher(json);
        assertTrue(found.find(), json);
        return found.group(1);
    }

    @Test
    void aConfirmedLoginVerifiesItsUnit() throws Exception {
        sim("POST", "/reset", "");
        var client = field(sim("POST", "/clients", "{\"ticket\": false}"), "client_id");
        var phone = field(sim("POST", "/phones", "{\"persona\": \"approves\"}"), "phone_id");
        sim("POST", "/phones/" + phone + "/watch", "{\"client_id\": \"" + client + "\"}");
        var ticket = field(sim("POST", "/clients/" + client + "/ticket", "{}"), "ticket_id");
        sim("GET", "/await?ticket=" + ticket + "&state=confirmed&timeout=10", ""); // an event, not a sleep
        sim("POST", "/clients/" + client + "/claim", "{}");
        var unit = "{\"unit\": \"A\", \"declaration_password\": \"Unit-2019\"}";
        assertEquals("unit_verified", field(sim("POST", "/clients/" + client + "/verification", unit), "stage"));
    }
}
