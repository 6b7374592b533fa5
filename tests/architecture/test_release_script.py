"""`.ci/release`, `.ci/infra` and `.ci/preview`, step by step, with AWS, GitHub, Sigstore and Pulumi played."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.architecture.played_cloud import REGISTRY, Played

DIGEST = f"sha256:{'a' * 64}"
UAT, PRODUCTION = (f"{REGISTRY}/tandem-{stage}-card" for stage in ("uat", "production"))
OURS = {"SERVICE": "card", "STAGE": "uat", "VERSION": "4711abc", "DIGEST": DIGEST, "GITHUB_REPOSITORY": "us/api"}
IN_PRODUCTION = {**OURS, "STAGE": "production"}
KNOWN = "aws ecr describe-images *{}*"
MAIN = "gh api repos/us/api/contents/contracts/environments.yaml?ref=main --jq .sha"
TEXT = "gh api --header *"
PUT = "gh api --silent --method PUT *"


@pytest.fixture
def played(tmp_path: Path) -> Played:
    return Played(tmp_path)


def _chosen(played: Played, since: str = "", **environment: str) -> str:
    played.answer({"gh run list *": f"echo {since}"})
    done = played.run(".ci/release choose", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_changed_since_the_last_release_is_chosen(played: Played) -> None:
    since = played.git("rev-parse", "HEAD")
    assert _chosen(played, since) == "services=[]"
    (played.folder / "services/invoice/app.py").write_text("second\n")
    (played.folder / "contracts/environments.yaml").write_text("second\n")
    played.commit()
    assert _chosen(played, since) == 'services=["invoice"]'
    assert (played.folder / "output").read_text().splitlines() == ["services=[]", 'services=["invoice"]']


def test_what_all_of_them_carry_chooses_all(played: Played) -> None:
    since = played.git("rev-parse", "HEAD")
    (played.folder / "contracts/events.yaml").write_text("second\n")
    played.commit()
    assert _chosen(played, since) == 'services=["card", "invoice"]'


@pytest.mark.parametrize("since", ["", "0123456789012345678901234567890123456789"])
def test_without_a_release_before_all_are_chosen(played: Played, since: str) -> None:
    assert _chosen(played, since) == 'services=["card", "invoice"]'


def test_service_that_is_named_is_chosen_though_nothing_changed(played: Played) -> None:
    assert _chosen(played, played.git("rev-parse", "HEAD"), SERVICES="card") == 'services=["card"]'


def test_service_that_does_not_exist_is_refused(played: Played) -> None:
    done = played.run(".ci/release choose", SERVICES="card crad")
    assert (done.returncode, done.stderr) == (1, "There is no service crad; there are: card, invoice.\n")


def test_image_is_built_pushed_and_named_by_its_digest(played: Played) -> None:
    played.answer({KNOWN.format("uat"): f"[ ! -f pushed ] || echo {DIGEST}", "docker push *": "touch pushed"})
    done = played.run(".ci/release build", **OURS)
    assert done.returncode == 0, done.stderr
    assert played.asked_of("make") == [f"make image SERVICE=card VERSION=4711abc ARGS=--tag {UAT}:4711abc"]
    assert played.asked_of("docker") == [
        f"docker login --username AWS --password-stdin {REGISTRY}",
        f"docker push --quiet {UAT}:4711abc",
    ]
    assert (played.folder / "output").read_text() == f"digest={DIGEST}\n"


def test_image_that_is_there_is_not_built_again(played: Played) -> None:
    played.answer({KNOWN.format("uat"): f"echo {DIGEST}"})
    assert played.run(".ci/release build", **OURS).returncode == 0
    assert played.asked_of("make") + played.asked_of("docker") == []


def test_image_and_what_is_in_it_are_signed_by_digest(played: Played) -> None:
    assert played.run(".ci/release sign", **OURS).returncode == 0
    assert played.asked_of("cosign") == [f"cosign sign --yes {UAT}@{DIGEST}"]
    (played.folder / ".tandem/image").mkdir(parents=True)
    (played.folder / ".tandem/image/card.cdx.json").write_text("{}")
    assert played.run(".ci/release sign", **OURS).returncode == 0
    assert played.asked_of("cosign")[1].startswith(
        "cosign attest --yes --type cyclonedx --predicate .tandem/image/card"
    )


def test_image_goes_to_production_signed_and_unchanged(played: Played) -> None:
    assert played.run(".ci/release promote", **IN_PRODUCTION).returncode == 0
    (verified,) = played.asked_of("cosign")
    workflow = "https://github.com/us/api/.github/workflows/release.yml@refs/heads/main"
    assert f"--certificate-identity {workflow} " in verified
    assert verified.endswith(f"{UAT}@{DIGEST}")
    assert played.asked_of("skopeo") == [
        f"skopeo copy --preserve-digests docker://{UAT}@{DIGEST} docker://{PRODUCTION}:4711abc"
    ]


def test_image_that_nobody_of_ours_signed_does_not_go(played: Played) -> None:
    played.answer({"cosign verify *": "exit 1"})
    assert played.run(".ci/release promote", **IN_PRODUCTION).returncode == 1
    assert played.asked_of("skopeo") == []


@pytest.mark.parametrize(
    ("step", "more", "asked"),
    [
        ("may", {}, "tandem contract can-i-deploy card --to production"),
        ("gate", {}, "tandem gate card --profile full"),
        ("deploy", {}, f"tandem deploy card --image {PRODUCTION}@{DIGEST} --to production"),
        ("migrate", {}, f"tandem migrate card --to production --image {PRODUCTION}@{DIGEST}"),
        ("migrate", {"DIGEST": ""}, "tandem migrate card --to production"),
        ("back", {}, "tandem rollback card --to production"),
        ("back", {"SCHEMA_FITS": "true"}, "tandem rollback card --to production --schema-fits"),
        ("back", {"SCHEMA_FITS": "false", "REVISION": "4000"}, "tandem rollback card --to production --revision 4000"),
        ("back", {"REVISION": "running"}, "tandem deploy card --to production --stop"),
    ],
)
def test_step_is_one_command_and_ends_as_it_does(played: Played, step: str, more: dict[str, str], asked: str) -> None:
    assert played.run(f".ci/release {step}", **{**IN_PRODUCTION, **more}).returncode == 0
    played.answer({"tandem *": "exit 3"})
    assert played.run(f".ci/release {step}", **{**IN_PRODUCTION, **more}).returncode == 3
    assert played.asked_of("tandem") == [asked]


def test_release_is_recorded_on_main_as_it_is_by_now(played: Played) -> None:
    played.answer({MAIN: "echo sha1", TEXT: "echo theirs", "tandem *": "echo ours >>contracts/environments.yaml"})
    assert played.run(".ci/release record", **OURS).returncode == 0
    (written,) = [line for line in played.asked_of("gh") if "--method PUT" in line]
    assert "--field branch=main --field sha=sha1 --field message=card runs in uat" in written
    assert base64.b64decode(written.rpartition("content=")[2]) == b"theirs\nours\n"


def test_release_that_is_recorded_already_writes_nothing(played: Played) -> None:
    played.answer({TEXT: "echo theirs"})
    assert played.run(".ci/release record", **OURS).returncode == 0
    assert [line for line in played.asked_of("gh") if "PUT" in line] == []


def test_record_that_is_overtaken_looks_again_and_gives_up_with_a_sentence(played: Played) -> None:
    played.answer({PUT: "exit 1", TEXT: "echo theirs", "tandem *": "echo ours >>contracts/environments.yaml"})
    done = played.run(".ci/release record", **OURS)
    assert (done.returncode, len([line for line in played.asked_of("gh") if "PUT" in line])) == (1, 5)
    assert done.stderr == (
        "contracts/environments.yaml on main could not be written; the branch may be protected from this workflow.\n"
    )


def test_previews_of_the_parts_are_one_comment_and_one_verdict(played: Played) -> None:
    played.answer(
        {"pulumi *infra/data *--stack uat": "echo '    1 to replace'; exit 255", "pulumi *": "echo unchanged"}
    )
    for stage in ("dev", "uat"):
        assert played.run(".ci/infra preview", STAGE=stage).returncode == 0
        assert played.asked_of("pulumi") == [
            f"pulumi --non-interactive --color never --cwd infra/{part} preview --diff --stack {stage}"
            for part in ("foundation", "data", "service")
        ]
    told = played.run(".ci/infra comment").stdout
    assert "<summary>uat, data: failed</summary>" in told
    assert "    1 to replace\n" in told
    assert told.count(": preview</summary>") == 5
    done = played.run(".ci/infra verdict")
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "build/infra/uat.data.code")
    (played.folder / "build/infra/uat.data.code").write_text("0\n")
    assert played.run(".ci/infra verdict").returncode == 0


def test_comment_fits_into_one_however_much_changes(played: Played) -> None:
    played.answer({"pulumi *": "seq 20000"})
    for stage in ("dev", "uat", "production"):
        played.run(".ci/infra preview", STAGE=stage)
    played.run(".ci/infra comment")
    assert 50_000 < len((played.folder / "build/infra/change.md").read_text()) < 65_536


@pytest.mark.parametrize(
    ("parts", "applied"),
    [("all", ["foundation", "data", "service"]), ("data", ["data"]), ("service data", ["data", "service"])],
)
def test_parts_are_applied_in_their_order(played: Played, parts: str, applied: list[str]) -> None:
    assert played.run(".ci/infra apply", STAGE="uat", PARTS=parts).returncode == 0
    assert played.asked_of("pulumi") == [
        f"pulumi --non-interactive --color never --cwd infra/{part} up --yes --stack uat" for part in applied
    ]


def test_part_that_fails_ends_what_would_stand_on_it(played: Played) -> None:
    played.answer({"pulumi *infra/data *": "exit 255"})
    assert played.run(".ci/infra apply", STAGE="uat", PARTS="all").returncode == 255
    assert len(played.asked_of("pulumi")) == 2


def test_preview_is_started_with_the_code_of_the_commit(played: Played) -> None:
    played.answer({"curl *repos/us/api/tarball/4f2a9c1": "echo https://codeload.example.com/once"})
    pushed = {"BRANCH": "deploy/limits", "GITHUB_SHA": "4f2a9c1", "GITHUB_REPOSITORY": "us/api", "GH_TOKEN": "t"}
    assert played.run(".ci/preview start", **pushed).returncode == 0
    (asked,) = played.asked_of("tandem")
    assert asked == "tandem preview start deploy/limits --commit 4f2a9c1 --archive https://codeload.example.com/once"
    played.answer({})
    done = played.run(".ci/preview start", **pushed)
    assert (done.returncode, done.stderr) == (1, "GitHub gives no address for the code of 4f2a9c1.\n")


@pytest.mark.parametrize("verb", ["extend", "stop", "reap"])
def test_preview_is_extended_stopped_and_reaped_by_the_command(played: Played, verb: str) -> None:
    assert played.run(f".ci/preview {verb}", BRANCH="deploy/limits").returncode == 0
    assert played.asked_of("tandem") == [f"tandem preview {verb}{'' if verb == 'reap' else ' deploy/limits'}"]


@pytest.mark.parametrize("script", ["release", "infra", "preview"])
def test_script_explains_itself(played: Played, script: str) -> None:
    done = played.run(f".ci/{script} sing")
    assert (done.returncode, done.stderr.startswith(f"Usage: .ci/{script} ")) == (2, True)
