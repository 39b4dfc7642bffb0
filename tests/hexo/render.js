// Renders each Markdown text of a JSON list on stdin as Hexo renders a post; prints the
// HTML texts as a JSON list. Run in the site's folder.
const Hexo = require(require.resolve('hexo', { paths: [process.cwd()] }))

async function main () {
  const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))
  const hexo = new Hexo(process.cwd(), { silent: true })
  await hexo.init()
  await hexo.load()
  const pages = []
  for (const content of texts) {
    const post = await hexo.post.render(null, { content, engine: 'md' })
    pages.push(post.content)
  }
  process.stdout.write(JSON.stringify(pages))
}

main().catch(error => {
  process.stderr.write(`${error}\n`)
  process.exitCode = 1
})
