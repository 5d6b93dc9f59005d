"""What a post owes rounds: its own parts and those of its department, until they are answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from madang.web.accounts.handover import inventory
from madang.web.accounts.models import Department, Post
from madang.web.rounds.models import Contribution, Part, Round
from madang.workspace import Workspace

TODAY = timezone.localdate()


@pytest.fixture
def posts(db: None, empty_city: Workspace) -> tuple[Post, Post]:
    roads, welfare = (Department.objects.create(name=name) for name in ("도로과", "복지과"))
    made = [Post.objects.create(name=f"{d.name} 담당", department=d) for d in (roads, welfare)]
    return made[0], made[1]


def part(title: str, post: Post, *, named: bool = False, state: str = "open", **more: Any) -> Part:
    round_, _ = Round.objects.get_or_create(
        title=title,
        defaults={"key": title.encode().hex()[:20], "standard": "s", "target": "t", "made_by": "a",
                  "due_at": timezone.now() + timedelta(days=3), "state": state},
    )  # fmt: skip
    made: Part = Part.objects.create(
        round=round_, department=post.department, post=post.name if named else "", **more
    )
    return made


def titles(post: Post) -> list[str]:
    return [each.what for each in inventory(post.name, TODAY, datasets=[]).owes]


def test_open_parts_of_the_post_and_of_its_department(posts: tuple[Post, Post]) -> None:
    roads, welfare = posts
    part("예산", roads, named=True, due_at=timezone.now() + timedelta(days=1))
    owed = part("인력", roads)
    part("시설", roads, state="closed")
    part("초안", roads, state="draft")
    part("복지", welfare)
    other = Post.objects.create(name="도로과 다른 담당", department=roads.department)
    assert titles(roads) == ["취합 제출: 예산", "취합 제출: 인력"]
    assert titles(other) == ["취합 제출: 인력"]
    found = inventory(roads.name, TODAY, datasets=[]).owes[1]
    assert (found.due, found.address) == (TODAY + timedelta(days=3), f"/rounds/{owed.round.key}/{owed.pk}/")


def test_what_was_handed_in_is_owed_no_more_until_it_is_sent_back(posts: tuple[Post, Post]) -> None:
    owed = part("인력", posts[0])
    given = Contribution.objects.create(round=owed.round, part=owed, number=1, by="b")
    assert titles(posts[0]) == []
    given.returned_at = timezone.now()
    given.save()
    assert titles(posts[0]) == ["취합 제출: 인력"]


def test_the_page_of_the_post_leads_there(posts: tuple[Post, Post], client: Any) -> None:
    owed = part("인력", posts[0])
    page = client.get(f"/accounts/posts/{posts[0].pk}/").content.decode()
    assert f'href="/rounds/{owed.round.key}/{owed.pk}/"' in page
