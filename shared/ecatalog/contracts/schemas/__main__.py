from ecatalog.contracts import asyncapi
from ecatalog.contracts.schemas import write_all

write_all()
asyncapi.write()
