export interface CatalogueItem {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly unitPrice: { readonly currencyCode: string; readonly units: string; readonly nanos: number };
  readonly stock: number;
}

/** What a new shop sells. */
export const catalogue: readonly CatalogueItem[] = [
  item("tea-mug", "Tea mug", "Stoneware with a broad foot, stands in any sea.", "12", 500_000_000, 120),
  item("oar", "Ash oar", "Three metres, copper tip.", "48", 500_000_000, 80),
  item("rope", "Hemp rope", "Twenty fathoms, tarred.", "19", 900_000_000, 400),
  item("sail", "Linen sail", "Black; a white one can be had on request.", "310", 0, 12),
  item("plank", "Oak plank", "Seasoned four years, fits any place in the hull.", "27", 250_000_000, 1000),
  item("lantern", "Stern lantern", "Bronze and horn, burns a night on one filling.", "64", 0, 45),
  item("thread", "Ball of thread", "Red wool, long enough for a labyrinth.", "7", 990_000_000, 250),
];

function item(
  id: string,
  title: string,
  description: string,
  units: string,
  nanos: number,
  stock: number,
): CatalogueItem {
  return { id, title, description, unitPrice: { currencyCode: "EUR", units, nanos }, stock };
}
