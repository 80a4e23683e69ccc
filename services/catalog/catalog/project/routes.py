"""The project routes: anyone reads, editors write."""

from catalog.entities.project import PROJECT
from catalog.entities.routes import Texts, entity_router
from catalog.project.service import show

router = entity_router(
    PROJECT,
    Texts(
        "projects",
        "project",
        show=("Show a project with its products", "`nomenclatures` holds its products."),
        delete="The project is hidden; its products stay.",
    ),
    show=show,
)
