"""The only SQL of these tests that knows the tables of tasks: states that would take many crashes to reach."""

from deploy.local.cluster import Cluster
from tests.managing import rows


def postpone_sync(cluster: Cluster, task_id: str) -> None:
    """Let no worker claim this sync."""
    rows(cluster, "integration", "update job set scheduled_at = 'infinity' where task_id = %s", task_id)


def use_up_sync(cluster: Cluster, task_id: str) -> None:
    """As if workers had died of this sync as often as they may."""
    rows(cluster, "integration", "update job set status = 'doing', interruptions = 100 where task_id = %s", task_id)


def use_up_imports(cluster: Cluster) -> list[str]:
    """As if workers had died of every import that waits as often as they may; the ``task_id`` of each."""
    sql = (
        "update job set status = 'doing', interruptions = 20 where queue = 'imports' and status = 'todo'"
        " returning task_id"
    )
    return [str(task_id) for (task_id,) in rows(cluster, "catalog", sql)]
