from conftest import Partner


def test_wrong_secret(refused):
    with refused("InvalidSignatureException"):
        Partner(secret="guess").list_opportunities(Catalog="Sandbox")


def test_unknown_key(refused):
    with refused("UnrecognizedClientException"):
        Partner(account="AKIDNOBODY").list_opportunities(Catalog="Sandbox")
