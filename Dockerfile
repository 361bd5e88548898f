# The `cohort` command as an image: docker build -t cohort . && docker run --rm -p 9092:9092 cohort
FROM node:24-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && npm pack --pack-destination /

FROM node:24-slim
COPY --from=build /kafka-cohort-*.tgz /tmp/
RUN npm install --global --omit=dev --ignore-scripts --no-audit --no-fund /tmp/kafka-cohort-*.tgz \
  && rm /tmp/kafka-cohort-*.tgz && npm cache clean --force
RUN mkdir /data && chown node /data
VOLUME /data
USER node
EXPOSE 9092
ENTRYPOINT ["cohort"]
# HTTP stays within the container unless it is opened: -p 9192:9192 -e COHORT_HTTP=0.0.0.0:9192 -e COHORT_HTTP_TOKEN=...
# Clients on the host reach it by the port that it publishes; in a network of containers set COHORT_ADVERTISE=cohort:9092.
ENV COHORT_HOST=0.0.0.0 COHORT_ADVERTISE=localhost:9092 COHORT_DATA_DIR=/data
