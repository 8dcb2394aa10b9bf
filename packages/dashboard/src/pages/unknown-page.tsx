/** An address that leads nowhere. */
export function UnknownPage() {
  return (
    <main>
      <div class="panel empty" role="alert">
        <h1>There is no such page</h1>
        <p class="quiet">The address may be written wrong, or be from another version.</p>
        <div class="line">
          <a class="button first" href="/overview">
            Overview
          </a>
          <a href="/">All sessions</a>
        </div>
      </div>
    </main>
  );
}
