"""When what named a department or a post went over to its successor. Until now that was done with the succession itself."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone


def done_before(apps: Any, _: Any) -> None:
    for name in ("Department", "Post"):
        kind = apps.get_model("accounts", name)
        kind.objects.exclude(successor=None).update(carried_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_attempts_session_remove_user_failed_sign_ins_and_more")]

    operations = [
        migrations.AddField("department", "carried_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("post", "carried_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(done_before, migrations.RunPython.noop),
    ]
