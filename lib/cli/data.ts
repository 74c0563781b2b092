import { getTable, listTables, tableFile, verifyTables } from "../data/mod.ts";

/** `credible data list`: the tables of the catalogue, and which of them are on this machine. */
export async function list(options: { json?: boolean }): Promise<number> {
  const tables = await Promise.all(
    listTables().map(async (table) => ({ ...table, here: await tableFile(table.name) !== undefined })),
  );
  if (options.json) console.log(JSON.stringify(tables, null, 2));
  for (const { name, rows, origin, here, title } of options.json ? [] : tables) {
    console.log(
      [here ? "here  " : "absent", name.padEnd(34), `${rows}`.padStart(8), origin.padEnd(13), title].join(
        "  ",
      ),
    );
  }
  if (!options.json) {
    console.log(
      `${
        tables.filter(({ here }) => here).length
      } of ${tables.length} tables are here; get others by: credible data get NAME`,
    );
  }
  return 0;
}

/** `credible data get`: makes sure that tables are on this machine. */
export async function get(names: readonly string[]): Promise<number> {
  let failed = 0;
  for (const name of names) {
    try {
      console.log(`${name}: ${await getTable(name)}`);
    } catch (error) {
      console.error((error as Error).message);
      failed++;
    }
  }
  return failed === 0 ? 0 : 1;
}

/** `credible data verify`: compares the bytes of every table that is here with the catalogue. */
export async function verify(options: { json?: boolean }): Promise<number> {
  const tables = await verifyTables();
  const wrong = tables.filter(({ state }) => state === "wrong");
  if (options.json) console.log(JSON.stringify(tables, null, 2));
  else {
    for (const { name, expected, found } of wrong) {
      console.log(`wrong ${name}: sha256 must be ${expected}, is ${found}`);
    }
    const count = (wanted: string): number => tables.filter(({ state }) => state === wanted).length;
    console.log(
      `${count("here")} tables are whole, ${count("wrong")} are not, ${count("absent")} are absent`,
    );
  }
  return wrong.length === 0 ? 0 : 1;
}
