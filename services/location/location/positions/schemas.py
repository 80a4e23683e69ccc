from pydantic import BaseModel


class Agent(BaseModel):
    agent_code: str
    agent_name: str
    agent_phone: str
