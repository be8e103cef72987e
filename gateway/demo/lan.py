"""``gateway demo --lan``: an address that phones in the same network can reach, over TLS.

Browsers allow a page to use the camera only on localhost or over HTTPS, so the demo makes a certificate.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.http.origins.public_address import network_address
from scan_to_login.errors import StartupError

_VALID = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LanAddress:
    """The address at which phones reach the demo, and the TLS files."""

    public_url: str
    certificate: Path
    key: Path

    @property
    def environment(self) -> dict[str, str]:
        """The gateway's settings for it."""
        return {
            "PAIRING_HOST": "0.0.0.0",  # noqa: S104 - that is what --lan asks for
            "PAIRING_PUBLIC_URL": self.public_url,
            "PAIRING_SIM_OPEN": "true",  # the phone's page reads its messages from the control plane
            "PAIRING_TLS_CERTIFICATE": str(self.certificate),
            "PAIRING_TLS_KEY": str(self.key),
        }


def lan_address(folder: Path, port: int) -> LanAddress:
    """This machine's address in its network, with a certificate made in ``folder``.

    Raises StartupError if there is no network, or if the port is 0: phones must know it.
    """
    if port == 0:
        raise StartupError("network.lan_port")
    address = network_address()
    if not address:
        raise StartupError("network.no_network")
    certificate, key = make_certificate(folder, address)
    return LanAddress(f"https://{address}:{port}", certificate, key)


def make_certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """A self-signed certificate for ``address``, valid for 30 days, and its key (mode 0600): (certificate, key)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "scan-to-login demo")])
    names: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(address)),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.DNSName("localhost"),
    ]
    now = datetime.now(UTC)  # a certificate lives by the world's clock, not by the gateway's
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].touch(mode=0o600)
    paths[1].write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths
