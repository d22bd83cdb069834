import pytest


@pytest.fixture
def arn(partner, full):
    return partner.get(partner.create(Tags=full["Tags"])["Id"])["Arn"]


@pytest.fixture
def tags(partner, arn):
    def now():
        return {tag["Key"]: tag["Value"] for tag in partner.list_tags_for_resource(ResourceArn=arn)["Tags"]}

    return now


def test_tags_given_at_creation(tags):
    assert tags() == {"team": "north", "cost-centre": ""}


def test_tag_and_untag(partner, arn, tags):
    partner.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "south"}, {"Key": "région", "Value": "Île"}])
    assert tags() == {"team": "south", "cost-centre": "", "région": "Île"}
    partner.untag_resource(ResourceArn=arn, TagKeys=["team", "never-there"])
    assert tags() == {"cost-centre": "", "région": "Île"}


def test_tags_survive_an_update(partner, arn, tags):
    identifier = arn.rsplit("/", 1)[1]
    partner.update_opportunity(
        Catalog="Sandbox",
        Identifier=identifier,
        LastModifiedDate=partner.get(identifier)["LastModifiedDate"],
        LifeCycle={"Stage": "Prospect"},
        Marketing={"Source": "None"},
    )
    assert tags() == {"team": "north", "cost-centre": ""}


def test_tags_of_others(stranger, arn, refused):
    with refused("AccessDeniedException"):
        stranger.list_tags_for_resource(ResourceArn=arn)
    with refused("AccessDeniedException"):
        stranger.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])


def test_malformed_tag(partner, arn, refused):
    with refused("ValidationException") as answer:
        partner.tag_resource(ResourceArn=arn, Tags=[{"Key": "k", "Value": "<"}])
    assert answer["violations"] == ["tags[0].value INVALID_STRING_FORMAT"]
