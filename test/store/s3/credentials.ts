/** The standard chain of AWS, by its own package, against the real server. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { s3Store } from "../../../src/store/s3/s3Store.ts"
import { standardCredentials } from "../../../src/store/s3/credentials.ts"
import { put, run, text } from "../StoreWorld.ts"
import type { S3Server } from "./server.ts"
import { removeTree } from "../../removeTree.ts"

/** Registers the tests. */
export const s3Credentials = (server: () => S3Server): void => {
  describe("Credentials that are not given as an option", () => {
    let directory: string
    let environment: NodeJS.ProcessEnv
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "pinnace-credentials-"))
      environment = { ...process.env }
      for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name]
      process.env["AWS_EC2_METADATA_DISABLED"] = "true"
      process.env["AWS_CONFIG_FILE"] = join(directory, "config")
      process.env["AWS_SHARED_CREDENTIALS_FILE"] = join(directory, "credentials")
    })
    afterEach(() => {
      for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
      Object.assign(process.env, environment)
      removeTree(directory)
    })

    const works = async () => {
      const { bucket, endpoint, region } = server()
      const store = s3Store({ bucket, endpoint, region, prefix: "c/" })
      await run(put(store, "k", "v"))
      expect(await text(store, "k")).toBe("v")
    }

    it("come from the environment", async () => {
      const { accessKeyId, secretAccessKey } = server().credentials
      Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
      await works()
    })

    it("come from a profile", async () => {
      const { accessKeyId, secretAccessKey } = server().credentials
      const lines = ["[team]", `aws_access_key_id=${accessKeyId}`, `aws_secret_access_key=${secretAccessKey}`]
      writeFileSync(join(directory, "credentials"), lines.join("\n"))
      process.env["AWS_PROFILE"] = "team"
      await works()
      const { bucket, endpoint, region } = server()
      delete process.env["AWS_PROFILE"]
      const credentials = standardCredentials({ profile: "team" })
      await run(put(s3Store({ bucket, endpoint, region, credentials, prefix: "c/" }), "k", "v"))
    })

    it("come from a process", async () => {
      const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = server().credentials
      const answer = join(directory, "answer")
      writeFileSync(answer, `#!/bin/sh\necho '${JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey })}'\n`)
      chmodSync(answer, 0o755)
      writeFileSync(join(directory, "config"), `[default]\ncredential_process = ${answer}\n`)
      await works()
    })

    it("come from the role of a container", async () => {
      const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = server().credentials
      const Expiration = new Date(Date.now() + 3_600_000).toISOString()
      const answer = JSON.stringify({ AccessKeyId, SecretAccessKey, Token: "", Expiration })
      const metadata = createServer((_, response) => response.writeHead(200).end(answer))
      await new Promise<void>((resolve) => metadata.listen(0, "127.0.0.1", resolve))
      const { port } = metadata.address() as AddressInfo
      process.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = `http://127.0.0.1:${port}/credentials`
      await works()
      metadata.closeAllConnections()
      await new Promise((resolve) => metadata.close(resolve))
    })
  })
}
