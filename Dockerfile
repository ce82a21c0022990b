# Build with everything, run with little: the last stage holds Node, dist/ and what dist/ loads at run time.
# node:24 is the long-term support line; the gateway itself runs on Node 20.18 and newer.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./

# The image's own unprivileged user. Nothing is written to disk.
USER node

# Without a configuration with client keys the gateway serves loopback only, inside a container too: nobody outside
# reaches it, and it refuses another host. To serve, mount a configuration that has `clients` and say where it is:
#   docker run -p 8080:8080 -v ./gateway.yaml:/etc/tidegate.yaml:ro \
#     -e GATEWAY_CONFIG=/etc/tidegate.yaml -e HOST=0.0.0.0 tidegate
EXPOSE 8080

# Node stands in for curl, which slim images lack. PORT is followed; 127.0.0.1 answers for HOST=0.0.0.0 as well.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Drains: running streams finish, for at most server.drainSeconds (30). Give `docker stop -t` more than that.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/primary.js"]
