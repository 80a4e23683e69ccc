from ..builders import Locations


async def test_each_agent_is_listed_once_with_the_last_name_it_sent(api: Locations) -> None:
    await api.make("B", agent_name="Old", agent_phone="1")
    await api.make("B", agent_name="New")
    gone = await api.make("C")
    await api.make("A")
    await api.delete(gone["id"])
    assert (await api.get("unique-agents/")).json() == [
        {"agent_code": "A", "agent_name": "", "agent_phone": ""},
        {"agent_code": "B", "agent_name": "New", "agent_phone": "1"},
    ]
