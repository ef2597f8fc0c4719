// Writes .gz and .br beside every asset that shrinks, so that the server compresses nothing at run time.
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { DIST, distFiles, readDist } from './dist.mjs'

const COMPRESSIBLE = /\.(js|css|html|svg|json)$/
/** Below this a header costs more than is won. */
const SMALLEST_BYTES = 1024

for (const path of await distFiles()) {
  if (!COMPRESSIBLE.test(path)) continue
  const bytes = await readDist(path)
  if (bytes.length < SMALLEST_BYTES) continue
  const [gz, br] = await Promise.all([
    promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  ])
  await writeFile(new URL(`${path}.gz`, DIST), gz)
  await writeFile(new URL(`${path}.br`, DIST), br)
}
