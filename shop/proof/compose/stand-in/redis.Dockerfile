# Gives a stand-in for Redis's image the user that the image has.
ARG IMAGE
FROM ${IMAGE}
USER root
RUN chown -R 999:999 /data
USER 999:999
