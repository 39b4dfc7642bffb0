from chatpaper.cli import app

app()
