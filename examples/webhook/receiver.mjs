import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace("whsec_", ""), "base64");
createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signatures } = request.headers;
  const want = Buffer.from("v1," + createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64"));
  const fresh = Math.abs(Date.now() / 1000 - Number(at)) < 300;
  const good = fresh && signatures.split(" ").map((s) => Buffer.from(s)).some((s) => s.length === want.length && timingSafeEqual(s, want));
  console.log(good ? "received" : "refused", body.toString());
  response.writeHead(good ? 204 : 401).end();
}).listen(Number(process.env.PORT), "127.0.0.1");
