"""`az sig`: a gallery and what is in it made, listed, changed and deleted, and
shared in each way, as the publisher and as the consumer see it."""

from azure_cli import Cli
from manage import Tenon
from stage import IMAGES, MACHINES

GROUP = ["--subscription", IMAGES, "-g", "myGalleryRG"]
BUILT = f"/subscriptions/{IMAGES}/resourceGroups/myGalleryRG/providers/Microsoft.Compute/images/built"
HERE = ["--subscription", MACHINES, "-l", "westeurope"]


def run(az: Cli) -> None:
    az.quietly("account", "set", "--subscription", IMAGES)
    everyday(az)
    directly(az)
    with_everybody(az)
    of_tenon(az)
    az.quietly("account", "set", "--subscription", MACHINES)


def sig(az: Cli, words: str, *more: str) -> object:
    return az("sig", *words.split(" "), *GROUP, *more)


def make(az: Cli, gallery: str, *more: str) -> None:
    """A gallery with one definition of one version, without a transcript."""
    az.quietly("sig", "create", *GROUP, "-r", gallery, *more)
    az.quietly(
        *["sig", "image-definition", "create", *GROUP, "-r", gallery, "-i", "web"],
        *["--publisher", "contoso", "--offer", "web", "--sku", gallery],
        *["--os-type", "Linux", "--os-state", "Generalized"],
    )
    az.quietly(
        *["sig", "image-version", "create", *GROUP, "-r", gallery, "-i", "web"],
        *["-e", "1.0.0", "--managed-image", BUILT],
    )


def unmake(az: Cli, gallery: str) -> None:
    place = [*GROUP, "-r", gallery]
    az.quietly("sig", "image-version", "delete", *place, "-i", "web", "-e", "1.0.0")
    az.quietly("sig", "image-definition", "delete", *place, "-i", "web")
    az.quietly("sig", "delete", *place)
    assert gallery not in [one["name"] for one in az("sig", "list", *GROUP)]


def everyday(az: Cli) -> None:
    make(az, "third")
    inside = ["-r", "third", "-i", "web"]
    changed = sig(az, "update -r third --set description=web")
    assert changed["description"] == "web", changed
    assert sig(az, "show -r third")["identifier"]["uniqueName"].endswith("-THIRD")
    listed = sig(az, "image-definition list -r third")
    assert [one["name"] for one in listed] == ["web"], listed
    changed = sig(
        az, "image-definition update", *inside, "--set", "releaseNoteUri=https://a"
    )
    assert changed["releaseNoteUri"] == "https://a", changed
    failed = az.attempt(
        *["sig", "image-definition", "update", *GROUP, *inside],
        *["--set", "osState=Specialized"],
    )
    assert "galleryImage.properties.osState" in failed.stderr, failed.stderr
    made = sig(
        *[az, "image-version create", *inside, "-e", "1.1.0", "--managed-image", BUILT],
        *["--target-regions", "westeurope=1", "northeurope=2=standard_zrs"],
        *["--end-of-life-date", "2040-01-01", "--exclude-from-latest", "true"],
    )
    profile = made["publishingProfile"]
    assert profile["excludeFromLatest"] is True, made
    regions = {one["name"]: one for one in profile["targetRegions"]}
    assert regions["North Europe"]["regionalReplicaCount"] == 2, made
    changed = sig(
        *[az, "image-version update", *inside, "-e", "1.1.0"],
        *["--add", "publishingProfile.targetRegions", "name=uksouth"],
        *["--set", "publishingProfile.excludeFromLatest=false"],
    )
    assert len(changed["publishingProfile"]["targetRegions"]) == 3, changed
    shown = sig(
        *[az, "image-version show", *inside, "-e", "1.1.0"],
        *["--expand", "ReplicationStatus"],
    )
    assert shown["replicationStatus"]["aggregatedState"] == "Completed", shown
    failed = az.attempt("sig", "delete", *GROUP, "-r", "third")
    assert "CannotDeleteResource" in failed.stderr, failed.stderr
    sig(az, "image-version delete", *inside, "-e", "1.1.0")
    unmake(az, "third")


def directly(az: Cli) -> None:
    make(az, "chosen", "--permissions", "groups")
    name = f"{IMAGES}-CHOSEN"
    sig(az, "share add -r chosen", "--subscription-ids", MACHINES)
    shown = sig(az, "show -r chosen --select Permissions")
    assert shown["sharingProfile"]["groups"][0]["ids"] == [MACHINES], shown
    assert shown["sharingStatus"]["aggregatedState"] == "Succeeded", shown
    listed = az("sig", "list-shared", *HERE)
    assert [one["name"] for one in listed] == [name], listed
    there = [*HERE, "--gallery-unique-name", name]
    listed = az("sig", "image-definition", "list-shared", *there)
    assert [one["name"] for one in listed] == ["web"], listed
    listed = az("sig", "image-version", "list-shared", *there, "-i", "web")
    assert [one["name"] for one in listed] == ["1.0.0"], listed
    sig(az, "share remove -r chosen", "--subscription-ids", MACHINES)
    assert az("sig", "list-shared", *HERE) == []
    sig(az, "share reset -r chosen")
    unmake(az, "chosen")


def with_everybody(az: Cli) -> None:
    make(
        *[az, "open", "--permissions", "Community", "--public-name-prefix", "acmeweb"],
        *["--publisher-uri", "https://acme.example", "--eula", "https://acme.example/eula"],
        *["--publisher-email", "images@acme.example"],
    )
    sig(az, "share enable-community -r open")
    shown = sig(az, "show -r open --select Permissions")
    name = shown["sharingProfile"]["communityGalleryInfo"]["publicNames"][0]
    there = [*HERE, "--public-gallery-name", name]
    assert az("sig", "show-community", *there)["name"] == name
    listed = az("sig", "image-definition", "list-community", *there)
    assert [one["name"] for one in listed] == ["web"], listed
    listed = az("sig", "image-version", "list-community", *there, "-i", "web")
    assert [one["name"] for one in listed] == ["1.0.0"], listed
    failed = az.attempt("sig", "delete", *GROUP, "-r", "open")
    assert failed.returncode != 0, "a gallery with something in it"
    sig(az, "share reset -r open")
    assert az.attempt("sig", "show-community", *there).returncode != 0
    unmake(az, "open")


def of_tenon(az: Cli) -> None:
    """What `tenon` publishes and shares, as the CLI sees it."""
    tenon = Tenon(az.stage, "gallery.yaml")
    tenon.quietly("apply", "--auto-approve")
    assert "published" in [one["name"] for one in az("sig", "list", *GROUP)]
    inside = ["-r", "published", "-i", "web"]
    shown = sig(az, "image-definition show", *inside)
    assert shown["identifier"]["sku"] == "published", shown
    tenon.quietly("publish", BUILT, "--as", "published/web@1.0.1", "--auto-approve")
    listed = sig(az, "image-version list", *inside)
    assert [one["name"] for one in listed] == ["1.0.0", "1.0.1"], listed
    there = [*HERE, "--gallery-unique-name", f"{IMAGES}-PUBLISHED", "-i", "web"]
    listed = az("sig", "image-version", "list-shared", *there)
    assert [one["name"] for one in listed] == ["1.0.0", "1.0.1"], listed
    az.quietly("sig", "image-version", "delete", *GROUP, *inside, "-e", "1.0.1")
    tenon.quietly("destroy", "--confirm", "from-tenon")
    assert "published" not in [one["name"] for one in az("sig", "list", *GROUP)]
