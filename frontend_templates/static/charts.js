// Draws each figure[data-chart] from the table in it, so that a chart never says anything its table does not.
// Rows have their place in data-at (seconds since 1970, a share or a number); columns to draw have data-series, a colour of app.css.
"use strict";

const HEIGHT = 220;
const charts = new Map();

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const { rows, columns } = read(figure.querySelector("table"));
  if (rows.length < 2 || !columns.length) continue;
  const plot = document.createElement("div");
  plot.className = "plot";
  plot.setAttribute("aria-hidden", "true"); // the table says it all
  figure.querySelector("details").before(plot);
  figure.querySelector("details").open = false;
  charts.set(plot, () => draw(figure, plot, rows, columns));
}

const watch = new ResizeObserver((entries) => entries.forEach((entry) => redraw(entry.target)));
charts.forEach((_, plot) => watch.observe(plot));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((_, plot) => redraw(plot, true)));

function redraw(plot, anyway) {
  if (!anyway && plot.dataset.width === String(plot.clientWidth)) return;
  plot.dataset.width = plot.clientWidth;
  plot.replaceChildren();
  charts.get(plot)();
}

function read(table) {
  const headings = [...table.tHead.rows[0].cells];
  const columns = headings
    .map((cell, index) => ({ index, label: cell.textContent, colour: cell.dataset.series }))
    .filter((column) => column.colour);
  return { rows: [...table.tBodies[0].rows].filter((row) => row.dataset.at), columns };
}

const day = (seconds) => new Date(seconds * 1e3).toISOString().slice(0, 10);
const number = (text) => (text === undefined ? null : Number(text));

function draw(figure, plot, rows, columns) {
  const { bars, timed, whole, scale } = KINDS[figure.dataset.chart];
  const quiet = colour("quiet");
  const grid = { stroke: colour("line"), width: 1 };
  const axis = { stroke: quiet, grid, ticks: grid, font: "12px system-ui, sans-serif" };
  const data = [rows.map((row) => Number(row.dataset.at))];
  const series = [{}];
  const bands = [];
  for (const column of columns) {
    const cells = rows.map((row) => row.cells[column.index].dataset);
    const stroke = colour(column.colour);
    data.push(cells.map((cell) => number(cell.value)));
    series.push({ label: column.label, stroke, width: 2, points: { size: 5 }, ...(bars ? barred(stroke) : {}) });
    if (!cells.some((cell) => cell.low)) continue;
    bands.push({ series: [data.length + 1, data.length], fill: faint(stroke) });
    for (const bound of ["low", "high"]) {
      data.push(cells.map((cell) => number(cell[bound])));
      series.push({ stroke: "transparent", points: { show: false } });
    }
  }
  new uPlot(
    {
      width: plot.clientWidth,
      height: HEIGHT,
      series,
      bands,
      axes: [{ ...axis, ...(timed ? DAYS : {}), ...(whole ? { incrs: WHOLE } : {}) }, { ...axis, size: 60 }],
      scales: { x: { ...scale, ...(bars ? { range: around(data[0]) } : {}) }, y: bars ? { range: (_, __, most) => [0, most * 1.05 || 1] } : {} },
      legend: { show: false },
      cursor: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC"),
      hooks: { draw: [(chart) => mark(chart, figure, quiet)] },
    },
    data,
    plot,
  );
  plot.append(keyOf(columns));
}

// Room for half a bar at either end.
function around(places) {
  const half = Math.min(...places.slice(1).map((place, index) => place - places[index])) / 2;
  return () => [places[0] - half, places.at(-1) + half];
}

const DAYS = { values: (_, moments) => moments.map(day), space: 100, incrs: [1, 2, 7, 14, 28, 56, 91, 182, 364].map((days) => days * 86400) };
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
// What stands along the bottom: days, whole numbers, numbers that double, or shares.
const KINDS = {
  bars: { bars: true, timed: true },
  lines: { timed: true },
  counts: { bars: true, whole: true, scale: { time: false } },
  places: { whole: true, scale: { time: false } },
  steps: { scale: { time: false, distr: 3, log: 2 } },
  diagonal: { scale: { time: false, range: [0, 1] } },
};

const barred = (stroke) => ({ fill: faint(stroke), paths: uPlot.paths.bars({ size: [0.7, 40] }), points: { show: false } });

function keyOf(columns) {
  const key = document.createElement("p");
  key.className = "key";
  for (const { label, colour: name } of columns) {
    const entry = document.createElement("span");
    entry.className = name;
    entry.textContent = label;
    key.append(entry);
  }
  return key;
}

// A line for each moment in the list of marks; and where scores would mean what they say.
function mark(chart, figure, stroke) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = stroke;
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.setLineDash([4, 4]);
  for (const item of figure.querySelectorAll(".marks li")) {
    const x = chart.valToPos(Number(item.dataset.at), "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(item.textContent, x + 4, bbox.top + 12 * devicePixelRatio);
  }
  if (figure.dataset.chart === "diagonal") {
    const at = (value) => [chart.valToPos(value, "x", true), chart.valToPos(value, "y", true)];
    const [least, most] = [chart.scales.y.min, chart.scales.y.max].map((end) => Math.min(1, Math.max(0, end)));
    ctx.beginPath();
    ctx.moveTo(...at(least));
    ctx.lineTo(...at(most));
    ctx.stroke();
  }
  ctx.restore();
}

// A colour of the theme as the browser computes it: a canvas knows no variables.
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const faint = (computed) => computed.replace(/^rgb\((.*)\)$/, "rgba($1, 0.16)");
