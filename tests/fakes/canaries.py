"""Secrets that look real and open nothing, made when a test runs, so that none of them stands in a file of ours."""

import json
import random
import string
from pathlib import Path

from tests.fakes.repositories import git, make_repository

_ALPHA = string.ascii_letters + string.digits
_UPPER = string.ascii_uppercase + "234567"
_HEX = "0123456789abcdef"


def canaries(seed: int = 1) -> dict[str, str]:
    """A secret by the kind that it should be called."""
    rnd = random.Random(seed)

    def some(number: int, of: str = _ALPHA) -> str:
        return "".join(rnd.choice(of) for _ in range(number))

    return {
        "github-pat": "ghp_" + some(36),
        "github-fine-grained-pat": f"github_pat_{some(22)}_{some(59)}",
        "gitlab-pat": "glpat-" + some(20),
        "slack-bot-token": f"xoxb-{some(12, string.digits)}-{some(13, string.digits)}-{some(24)}",
        "stripe-access-token": "sk_live_" + some(24),
        "gcp-api-key": "AIza" + some(35),
        "openai-api-key": f"sk-proj-{some(74)}T3BlbkFJ{some(74)}",
        "anthropic-api-key": f"sk-ant-api03-{some(93)}AA",
        "huggingface-access-token": "hf_" + some(34, string.ascii_letters),
        "npmjsaccesstoken": "npm_" + some(36),
        "pypi-upload-token": "pypi-AgEIcHlwaS5vcmc" + some(80),
        "sendgrid": f"SG.{some(22)}.{some(43)}",
        "runpod-api-key": "rpa_" + some(46, string.ascii_uppercase + string.digits),
        "prefect-api-token": "pnu_" + some(36),
        "twilio-api-key": "SK" + some(32, _HEX),
        "vault-service-token": "hvs." + some(95),
        "dockerhub-personal-access-token": "dckr_pat_" + some(27),
        "databricks-api-token": "dapi" + some(32, _HEX),
        "shopify-access-token": "shpat_" + some(32, _HEX),
        "age-secret-key": "AGE-SECRET-KEY-1" + some(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
        "jwt": f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ.{some(43)}",
        "telegram-bot-token": f"{some(9, '123456789')}:AA{some(33)}",
        "discord-bot-token": f"M{some(23)}.{some(6)}.{some(27)}",
        "discord-webhook": some(68),
        "aws-access-token": "AKIA" + some(16, _UPPER),
        "aws-secret-access-key": some(40),
        "azure-storage-account-key": some(86) + "==",
        "url-password": some(9) + "7q" + some(9),
    }


def line_with(kind: str, secret: str) -> str:
    """A line of code that holds the secret, with the words beside it by which those of its kind are known."""
    around = {
        "aws-secret-access-key": 'aws_secret_access_key = "{}"',
        "azure-storage-account-key": 'store = "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={};"',
        "discord-webhook": 'tell("https://discord.com/api/webhooks/123456789012345678/{}")',
        "url-password": 'database = "postgresql://shop:{}@db.shop.internal:5432/orders"',
    }
    return around.get(kind, 'key = "{}"').format(secret)


def private_key(seed: int = 1, kind: str = "RSA PRIVATE KEY", lines: int = 12, end: str = "\n") -> str:
    """A private key in PEM that is none: its bytes are drawn at random."""
    rnd = random.Random(seed)
    rows = ["".join(rnd.choice(_ALPHA + "+/") for _ in range(64)) for _ in range(lines)]
    return end.join([f"-----BEGIN {kind}-----", *rows, "q7Zt2A==", f"-----END {kind}-----"])


_CODE = '"""Orders."""\n\nimport os\n\n{line}\n\n\ndef order():\n    # {comment}\n    return key\n'


def repository_with_canaries(folder: Path) -> list[str]:
    """A repository with a secret of every kind in code, and some in whatever else; the secrets, and lines of a key."""
    secrets = canaries()
    pem = private_key()
    files = {
        f"src/m{n:02}.py": _CODE.format(line=line_with(kind, secret), comment=kind)
        for n, (kind, secret) in enumerate(secrets.items())
    }
    token = canaries(2)["github-pat"]
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": [row + "\n" for row in pem.split("\n")]}
    other = canaries(3)
    files |= {
        "config/app.yaml": f"token: {other['gitlab-pat']}\nname: shop\n",
        "config/settings.toml": f'key = "{other["stripe-access-token"]}"\n',
        "README.md": f"# Shop\n\nSay `export KEY={other['github-pat']}` first.\n",
        "notes.ipynb": json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1),
        "deploy.sh": f"# {other['anthropic-api-key']}\necho hello\n",
        "package.json": json.dumps({"name": "shop", "//": other["npmjsaccesstoken"]}, indent=1),
        "service.json": json.dumps({"type": "service_account", "private_key": pem}),
        f"names/{token}.txt": "a name\n",
        f"names/{token}.png": "a picture\n",
    }
    make_repository(folder, files, message=f"a commit with {canaries(4)['gitlab-pat']}")
    git(folder, "branch", f"wip-{canaries(4)['github-pat']}")
    return [
        *secrets.values(),
        token,
        *(
            other[kind]
            for kind in ("gitlab-pat", "stripe-access-token", "github-pat", "anthropic-api-key", "npmjsaccesstoken")
        ),
        *canaries(4).values(),
        *pem.split("\n")[1:-2],
    ]
