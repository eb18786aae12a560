# Gives a stand-in for MongoDB's image the program that the image has: a mongod, which here is SecantusDB.
ARG IMAGE
FROM ${IMAGE}
RUN printf '#!/bin/sh\nexec secantusd-py --host 0.0.0.0 --port 27017 --storage-path /data/db --sync-on-commit\n' \
  > /usr/local/bin/mongod && chmod 755 /usr/local/bin/mongod && chown -R 999:999 /data/db
