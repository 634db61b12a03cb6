# The page at the desk in a container; docs/install.md says how it is built and run.
FROM debian:trixie-slim AS base
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        python3 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

FROM base AS build
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv
COPY . /src
RUN python3 -m venv /opt/careleaf \
    && /opt/careleaf/bin/pip install --no-cache-dir --requirement /src/requirements.lock \
    && /opt/careleaf/bin/pip install --no-cache-dir --no-deps --no-build-isolation /src

FROM base
COPY --from=build /opt/careleaf /opt/careleaf
# A user without rights; it may write to its cache alone, which holds no child's data.
RUN useradd --system --uid 10001 --no-create-home careleaf \
    && install --directory --owner=careleaf /var/cache/careleaf /clinic
ENV PATH=/opt/careleaf/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    CARELEAF_CACHE=/var/cache/careleaf \
    CARELEAF_ROOT=/clinic \
    CARELEAF_HOST=0.0.0.0
USER careleaf
# The faces are made here, once: the first sheet need not wait for them.
RUN python -c "from careleaf.sheet.faces import faces; faces()"
WORKDIR /clinic
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8765/healthz', timeout=5)"]
ENTRYPOINT ["careleaf"]
CMD ["serve"]
