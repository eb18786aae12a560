import { Client, credentials } from "@grpc/grpc-js";

/** What grpc.health.v1 says of the whole server. */
export function isServing(address: string): Promise<boolean> {
  const client = new Client(address, credentials.createInsecure());
  const bytes = (message: Buffer) => message;
  return new Promise<boolean>((resolve, reject) => {
    const path = "/grpc.health.v1.Health/Check";
    const deadline = new Date(Date.now() + 2000);
    client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), { deadline }, (error, answer) => {
      if (error) reject(error);
      else resolve(answer?.toString("hex") === "0801");
    });
  }).finally(() => client.close());
}
