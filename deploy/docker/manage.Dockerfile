# All services in one image, for the commands that concern the whole system; see manage.yml.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
COPY pyproject.toml requirements.lock deploy/docker/install.py ./
COPY shared/pyproject.toml shared/
COPY services/auth/pyproject.toml services/auth/
COPY services/catalog/pyproject.toml services/catalog/
COPY services/integration/pyproject.toml services/integration/
COPY services/location/pyproject.toml services/location/
COPY services/media/pyproject.toml services/media/
RUN --mount=type=cache,target=/root/.cache/pip \
    python install.py /usr/local --group build pyproject.toml \
    && python install.py /install shared/pyproject.toml services/*/pyproject.toml
COPY shared shared
COPY services services
RUN pip install --quiet --no-index --no-deps --no-build-isolation --prefix /install \
    $(printf -- '--editable %s ' shared services/*)

FROM python:${PYTHON}-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --no-create-home --home-dir /app ecatalog \
    && install --directory --owner ecatalog --group ecatalog /data /backups
WORKDIR /app
COPY --from=build /install /usr/local
COPY --from=build /app/shared shared
COPY --from=build /app/services services
RUN python -m pip check
USER ecatalog
ENTRYPOINT ["python", "-m", "deploy.backup"]
