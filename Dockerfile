# docker build --build-arg COMMIT="$(git rev-parse HEAD)" -t longlag .
# docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" longlag run my-suite.yaml
FROM rust:1.95-slim-bookworm AS build
WORKDIR /longlag
COPY . .
# The commit, where it is told, stands in the manifests of runs.
ARG COMMIT
RUN ${COMMIT:+env LONGLAG_COMMIT="$COMMIT"} cargo install --locked --path . --root /installed

FROM debian:bookworm-slim
COPY --from=build /installed/bin/longlag /usr/local/bin/longlag
COPY suites /usr/local/share/longlag/suites
WORKDIR /work
USER 65534
ENTRYPOINT ["longlag"]
CMD ["--help"]
