"""The gateway in a container, in any Python: pip install pytest requests testcontainers"""

import secrets

import pytest
import requests
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

TOKEN = secrets.token_urlsafe(24)


@pytest.fixture(scope="session")
def url():
    gateway = (
        DockerContainer("scan-to-login")
        .with_env("PAIRING_SIM_TOKEN", TOKEN)
        .with_exposed_ports(8080)
        .waiting_for(HttpWaitStrategy(8080, "/readyz"))
    )
    with gateway:
        yield f"http://{gateway.get_container_host_ip()}:{gateway.get_exposed_port(8080)}"


@pytest.fixture
def sim(url):
    def call(method, path, **body):
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.request(method, f"{url}/sim/v1{path}", json=body, headers=bearer, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    call("POST", "/reset")
    return call


def test_a_confirmed_login_verifies_its_unit(sim):
    client = sim("POST", "/clients", ticket=False)["client_id"]
    phone = sim("POST", "/phones", persona="approves")["phone_id"]
    sim("POST", f"/phones/{phone}/watch", client_id=client)
    ticket = sim("POST", f"/clients/{client}/ticket")["ticket_id"]
    sim("GET", f"/await?ticket={ticket}&state=confirmed&timeout=10")  # an event, not a sleep
    sim("POST", f"/clients/{client}/claim")
    verified = sim("POST", f"/clients/{client}/verification", unit="A", declaration_password="Unit-2019")
    assert verified["stage"] == "unit_verified"
