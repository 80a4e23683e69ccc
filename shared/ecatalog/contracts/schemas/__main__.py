from ecatalog.contracts.schemas import write_all

write_all()
