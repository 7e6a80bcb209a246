/* Draws figure[data-chart] from the table it names (templates/_components/chart.html says how a table is marked).
   Nothing is on a chart that is not in its table; where the drawing library is missing, the table stands alone. */
"use strict";

(function () {
  const INK = "#1f2a37";
  const FAINT = "#5f6b7c";
  const LINE = "#e2e6ea";
  const SERIES = ["#1f4e79", "#6b9ac4", "#858f9c", "#9dbedb", "#4b5768"];
  const FONT = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, color: INK };
  const BAR = 14;
  const ROW = 20;
  const isReduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const drawn = new Map();

  const written = (value) => value.toLocaleString("zh-CN", { maximumFractionDigits: 2 });
  const shortened = (name) => (name.length > 9 ? `${name.slice(0, 8)}…` : name);

  /* A cell's number; null where it has none. */
  function numberIn(cell) {
    const text = cell ? cell.textContent.replace(/[,，\s]/g, "") : "";
    return /^-?\d+(\.\d+)?/.test(text) ? parseFloat(text) : null;
  }

  function linkIn(cell) {
    const link = cell && cell.querySelector("a[href]");
    return link ? link.getAttribute("href") : "";
  }

  function nameOf(row) {
    const first = row.cells[0];
    const link = first.querySelector("a");
    return (link || first).textContent.trim();
  }

  /* The column an element of the head stands over, counted over all rows of the head. */
  function columnOf(head, cell) {
    const taken = [];
    for (const [down, row] of Array.from(head.rows).entries()) {
      let at = 0;
      for (const one of row.cells) {
        while (taken[down] && taken[down][at]) at += 1;
        if (one === cell) return at;
        for (let below = down; below < down + one.rowSpan; below += 1) {
          taken[below] = taken[below] || [];
          for (let right = at; right < at + one.colSpan; right += 1) taken[below][right] = true;
        }
      }
    }
    return -1;
  }

  function headText(cell) {
    return Array.from(cell.childNodes)
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent.trim())
      .join("");
  }

  /* What the table says: names of rows, and per marked column its series with values and links. */
  function read(table) {
    const rows = Array.from(table.tBodies).flatMap((body) => Array.from(body.rows));
    const marked = Array.from(table.tHead.querySelectorAll("th[data-series]"));
    return {
      names: rows.map(nameOf),
      series: marked.map((cell) => {
        const at = columnOf(table.tHead, cell);
        return {
          name: cell.dataset.series || headText(cell),
          sign: cell.dataset.sign || "",
          values: rows.map((row) => numberIn(row.cells[at])),
          links: rows.map((row) => linkIn(row.cells[at])),
        };
      }),
    };
  }

  const axisLine = { lineStyle: { color: LINE } };
  const base = () => ({
    animation: !isReduced,
    animationDuration: 250,
    animationDurationUpdate: 0,
    color: SERIES,
    textStyle: FONT,
  });

  function bars(told, figure) {
    const [first] = told.series;
    const most = Number(figure.dataset.most) || told.names.length;
    const order = told.names.map((_, at) => at).filter((at) => first.values[at] > 0);
    order.sort((one, other) => first.values[other] - first.values[one]);
    const kept = order.slice(0, most).reverse();
    if (!kept.length) return null;
    const total = first.values.reduce((sum, value) => sum + (value || 0), 0);
    return {
      height: kept.length * ROW + 8,
      option: {
        ...base(),
        grid: { left: 4, right: 96, top: 0, bottom: 4, containLabel: true },
        xAxis: { type: "value", min: 0, show: false },
        yAxis: {
          type: "category",
          data: kept.map((at) => told.names[at]),
          axisTick: { show: false },
          axisLine,
          axisLabel: { ...FONT, formatter: shortened, interval: 0 },
        },
        series: [{
          type: "bar",
          barWidth: BAR,
          cursor: "pointer",
          data: kept.map((at) => ({
            value: first.values[at],
            link: first.links[at],
            itemStyle: { color: first.values[at] === first.values[order[0]] ? SERIES[0] : SERIES[1] },
          })),
          label: {
            show: true,
            position: "right",
            ...FONT,
            formatter: ({ value }) => `${written(value)}  ${((value * 100) / total).toFixed(1)}%`,
          },
          emphasis: { disabled: true },
        }],
      },
    };
  }

  /* Labels at the ends of two lines that end close to each other step aside, the higher one up. */
  function asides(series) {
    const most = Math.max(...series.flatMap((one) => one.values));
    const ends = series.map((one) => one.values[one.values.length - 1]);
    return ends.map((end, at) => {
      const near = ends.findIndex((other, where) => where !== at && Math.abs(other - end) < most * 0.08);
      if (near < 0) return 0;
      return end > ends[near] || (end === ends[near] && at < near) ? -8 : 8;
    });
  }

  function lines(told, figure) {
    if (told.names.length < 2) return null;
    const unit = figure.dataset.unit;
    const aside = asides(told.series);
    return {
      height: 220,
      option: {
        ...base(),
        grid: { left: 4, right: 110, top: 16, bottom: 4, containLabel: true },
        tooltip: {
          trigger: "axis",
          transitionDuration: 0,
          backgroundColor: "#fff",
          borderColor: LINE,
          borderRadius: 4,
          shadowBlur: 0,
          extraCssText: "box-shadow: none;",
          textStyle: FONT,
          valueFormatter: (value) => (value === null || value === undefined ? "未更新" : `${written(value)}${unit}`),
        },
        xAxis: {
          type: "category",
          data: told.names,
          boundaryGap: false,
          axisTick: { show: false },
          axisLine,
          axisLabel: { color: FAINT, formatter: (day) => day.slice(5), hideOverlap: true },
        },
        yAxis: { type: "value", min: 0, splitNumber: 3, axisLabel: { color: FAINT }, splitLine: axisLine },
        series: told.series.slice(0, 5).map((one, at) => ({
          type: "line",
          name: one.name,
          data: one.values,
          symbol: "circle",
          symbolSize: told.names.length > 40 ? 0 : 4,
          lineStyle: { width: 2, type: at === 1 ? "dashed" : "solid" },
          endLabel: {
            show: true,
            ...FONT,
            color: "inherit",
            offset: [0, aside[at]],
            formatter: ({ value }) => `${one.name} ${written(value)}`,
          },
          emphasis: { disabled: true },
        })),
      },
    };
  }

  /* Opening and closing stand on the ground; each change hangs where the one before it ended. */
  function flow(told) {
    const parts = told.names.map(() => []);
    const below = [];
    let level = 0;
    told.series.forEach((step) => {
      const height = step.values.reduce((sum, value) => sum + (value || 0), 0);
      if (step.sign === "=") level = height;
      below.push(step.sign === "=" ? 0 : step.sign === "-" ? level - height : level);
      if (step.sign === "+") level += height;
      if (step.sign === "-") level -= height;
      step.values.forEach((value, row) => parts[row].push({ value: value || 0, link: step.links[row] }));
    });
    const isStill = told.series.every((step) => step.sign === "=" || step.values.every((value) => !value));
    if (isStill) return null;
    const sum = (at) => told.series[at].values.reduce((total, value) => total + (value || 0), 0);
    const last = parts.length - 1;
    return {
      height: 220,
      option: {
        ...base(),
        grid: { left: 4, right: 4, top: 24, bottom: parts.length > 1 ? 28 : 4, containLabel: true },
        legend: parts.length > 1 ? { bottom: 0, left: 0, itemWidth: 12, itemHeight: 12, icon: "rect", textStyle: FONT, selectedMode: false, data: told.names } : undefined,
        xAxis: { type: "category", data: told.series.map((step) => step.name), axisTick: { show: false }, axisLine, axisLabel: { ...FONT, interval: 0 } },
        yAxis: { type: "value", min: 0, show: false },
        series: [
          { type: "bar", stack: "flow", silent: true, itemStyle: { color: "transparent" }, data: below, emphasis: { disabled: true } },
          ...parts.map((data, row) => ({
            type: "bar",
            stack: "flow",
            name: told.names[row],
            barWidth: "48%",
            cursor: "pointer",
            itemStyle: { color: SERIES[row] },
            data,
            emphasis: { disabled: true },
            label: {
              show: row === last,
              position: "top",
              ...FONT,
              formatter: ({ dataIndex }) => {
                const { sign } = told.series[dataIndex];
                return `${sign === "=" ? "" : sign === "-" ? "−" : "+"}${written(sum(dataIndex))}`;
              },
            },
          })),
        ],
      },
    };
  }

  const KINDS = { bars, lines, flow };

  /* On paper the drawing keeps its proportions at the paper's width. */
  function fit(chart) {
    const svg = chart.getDom().querySelector("svg");
    if (svg) svg.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  }

  function draw(figure) {
    const table = document.getElementById(figure.dataset.table);
    const make = KINDS[figure.dataset.chart];
    if (!window.echarts || !table || !make || drawn.has(figure)) return;
    const made = make(read(table), figure);
    if (!made) return;
    const canvas = figure.querySelector(".canvas");
    figure.hidden = false;
    canvas.style.height = `${made.height}px`;
    const chart = window.echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption(made.option);
    chart.on("click", ({ data }) => { if (data && data.link) window.location.href = data.link; });
    fit(chart);
    drawn.set(figure, chart);
  }

  function drawAll(within) {
    within.querySelectorAll("figure[data-chart]").forEach(draw);
  }

  /* 看表: the table may stand in a fold. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("figure[data-chart] figcaption a[href^='#']");
    const table = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const fold = table && table.closest("details");
    if (fold) fold.open = true;
  });

  let waiting = 0;
  window.addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => drawn.forEach((chart) => { chart.resize(); fit(chart); }));
  });
  document.addEventListener("htmx:afterSettle", () => {
    drawn.forEach((chart, figure) => { if (!figure.isConnected) { chart.dispose(); drawn.delete(figure); } });
    drawAll(document);
  });
  drawAll(document);
})();
