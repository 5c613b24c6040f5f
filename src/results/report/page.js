// What a report can do beyond being read: sort, filter and choose columns of tables, open an arm to its trials and their curves,
// turn light or dark. Without it nothing is lost but that.
(() => {
  'use strict';
  const root = document.documentElement;
  const make = (name, attributes = {}, ...content) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...content);
    return element;
  };
  const draw = (name, attributes, ...content) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...content);
    return element;
  };

  // The theme: that of the system until the reader chooses one.
  const themes = ['system', 'light', 'dark'];
  const key = 'longlag-theme';
  let theme = themes[0];
  try { theme = themes.includes(localStorage.getItem(key)) ? localStorage.getItem(key) : theme; } catch { /* not remembered */ }
  const button = make('button', { type: 'button', class: 'theme' });
  const show = () => {
    if (theme === 'system') root.removeAttribute('data-theme'); else root.setAttribute('data-theme', theme);
    button.textContent = `Theme: ${theme}`;
  };
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.setItem(key, theme); } catch { /* not remembered */ }
    show();
  });
  show();
  document.querySelector('header')?.prepend(button);

  // The page of a run that goes on is loaded again every minute, until it has not been drawn for too long: then the run is dead.
  const unfinished = document.querySelector('.unfinished');
  if (unfinished) {
    const { drawn, lasts } = unfinished.dataset;
    if (Date.now() - Date.parse(drawn) > 1000 * Number(lasts)) {
      unfinished.textContent = `This page stopped being redrawn at ${drawn.replace('T', ' ').replace('Z', '')} UTC: its run has ended or died, ` +
        'or has become too large to be drawn while it goes on. `longlag report` draws what is stored; the command of the run does the rest.';
    } else {
      unfinished.append(' This page loads itself again every minute.');
      setTimeout(() => location.reload(), 60_000);
    }
  }

  // What is folded is open on paper.
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('main details:not([open]):not(.columns)')];
    folded.forEach((details) => { details.open = true; });
  });
  addEventListener('afterprint', () => folded.forEach((details) => { details.open = false; }));
  // A link to what is folded opens it.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.localName === 'details') at.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  reveal();

  // Tables.
  const words = (cell) => cell.textContent.trim();
  const sortable = (cell) => {
    const text = cell.dataset.sort ?? words(cell);
    if (text === '') return { rank: 3 };
    if (text === 'NaN') return { rank: 1, number: 0 };
    const number = text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);
    return Number.isNaN(number) ? { rank: 2, text } : { rank: 0, number };
  };
  const compare = (a, b, sign) => {
    // What is not known is last whichever way.
    if (a.rank !== b.rank) return a.rank - b.rank;
    return sign * (a.rank === 2 ? a.text.localeCompare(b.text) : a.rank < 2 ? (a.number < b.number ? -1 : a.number > b.number ? 1 : 0) : 0);
  };
  const details = new Map();
  const equip = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const place = () => {
      for (const row of rows) {
        body.append(row);
        const opened = details.get(row);
        if (opened) { body.append(opened); opened.hidden = row.hidden; }
      }
    };
    if (rows.length > 1) {
      heads.forEach((head, column) => {
        const press = make('button', { type: 'button', class: 'sort' }, ...head.childNodes);
        head.append(press);
        press.addEventListener('click', () => {
          const sign = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
          heads.forEach((other) => other.removeAttribute('aria-sort'));
          head.setAttribute('aria-sort', sign > 0 ? 'ascending' : 'descending');
          const keys = new Map(rows.map((row) => [row, sortable(row.cells[column])]));
          rows.sort((a, b) => compare(keys.get(a), keys.get(b), sign));
          place();
        });
      });
    }
    const tools = make('div', { class: 'tools' });
    if (rows.length > 3) {
      const input = make('input', { type: 'search', spellcheck: 'false', autocomplete: 'off' });
      const count = make('output', { 'aria-live': 'polite' });
      const label = make('label', {}, 'Filter ', input);
      // `length 20` is what stands in one cell, and no 200; where nothing has the words so, each may stand anywhere in a row.
      const plain = (text) => text.toLowerCase().replace(/\s+/g, ' ').trim();
      const texts = new Map();
      const cells = (row) => {
        if (!texts.has(row)) texts.set(row, [...row.cells].map((cell) => plain(cell.textContent)));
        return texts.get(row);
      };
      const isNumber = (sign) => sign !== undefined && /[\d.]/.test(sign);
      const has = (text, wanted) => {
        for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
          const after = text.slice(at + wanted.length);
          const begins = !/^\d/.test(wanted) || !isNumber(text[at - 1]);
          if (begins && !(/\d$/.test(wanted) && /^\.?\d/.test(after))) return true;
        }
        return false;
      };
      const filter = () => {
        const phrase = plain(input.value);
        const wanted = phrase.split(' ').filter(Boolean);
        const together = (row) => cells(row).some((text) => has(text, phrase));
        const apart = (row) => wanted.every((word) => cells(row).some((text) => has(text, word)));
        const matches = rows.some(together) ? together : apart;
        let left = 0;
        for (const row of rows) {
          row.hidden = phrase !== '' && !matches(row);
          left += row.hidden ? 0 : 1;
          const opened = details.get(row);
          if (opened) opened.hidden = row.hidden;
        }
        count.textContent = wanted.length ? `${left} of ${rows.length} rows` : '';
      };
      input.addEventListener('input', filter);
      tools.append(label, count);
    }
    if (heads.length > 3) {
      const choice = make('details', { class: 'columns' }, make('summary', {}, 'Columns'));
      const list = make('div', {});
      choice.append(list);
      heads.forEach((head, column) => {
        const box = make('input', { type: 'checkbox' });
        box.checked = true;
        box.addEventListener('change', () => {
          head.hidden = !box.checked;
          rows.forEach((row) => { if (row.cells[column]) row.cells[column].hidden = !box.checked; });
        });
        list.append(make('label', {}, box, ' ', words(head)));
      });
      choice.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') { choice.open = false; choice.firstChild.focus(); }
      });
      tools.append(choice);
    }
    if (tools.childNodes.length) (table.closest('.scroll') ?? table).before(tools);
  };
  document.querySelectorAll('main table.data').forEach(equip);

  // Arms open to their trials and their curves.
  const summary = document.querySelector('table[data-of="summary"]');
  const trials = document.querySelector('table[data-of="trials"]');
  const embedded = document.getElementById('curves');
  const curves = embedded ? JSON.parse(embedded.textContent) : { updates: [], trials: {} };
  const short = (number) => (Math.abs(number) >= 1e4 || Math.abs(number) < 1e-3) && number !== 0 ? number.toExponential(2) : String(Number(number.toPrecision(4)));

  const chart = (lines, label) => {
    const [wide, high, left, right, top, bottom] = [640, 240, 64, 12, 12, 34];
    const points = lines.flatMap((line) => line.points).filter(([, value]) => Number.isFinite(value));
    if (!points.length) return null;
    const last = Math.max(...points.map(([update]) => update), 1);
    const values = points.map(([, value]) => value);
    let [low, most] = [Math.min(...values), Math.max(...values)];
    const log = low > 0 && most / low > 20;
    const scale = log ? Math.log10 : (value) => value;
    if (!log) low = Math.min(low, 0);
    const span = scale(most) - scale(low) || 1;
    const x = (update) => left + (update / last) * (wide - left - right);
    const y = (value) => top + (1 - (scale(value) - scale(low)) / span) * (high - top - bottom);
    const picture = draw('svg', { viewBox: `0 0 ${wide} ${high}`, class: 'curves', role: 'img', 'aria-label': label });
    picture.append(draw('path', { class: 'axis', d: `M${left} ${top}V${high - bottom}H${wide - right}` }));
    for (const share of [0, 0.5, 1]) {
      const value = log ? 10 ** (scale(low) + share * span) : low + share * span;
      picture.append(draw('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, short(value)));
      picture.append(draw('text', { x: x(share * last), y: high - bottom + 16, 'text-anchor': share === 1 ? 'end' : share ? 'middle' : 'start' }, short(share * last)));
    }
    picture.append(draw('text', { x: (left + wide - right) / 2, y: high - 3, 'text-anchor': 'middle' }, 'update'));
    const drawn = lines.map((line) => {
      const at = line.points.filter(([, value]) => Number.isFinite(value)).map(([update, value]) => `${x(update).toFixed(1)},${y(value).toFixed(1)}`);
      const path = draw('polyline', { class: 'curve', points: at.join(' ') });
      picture.append(path);
      return path;
    });
    const dot = draw('circle', { class: 'dot', r: 4, visibility: 'hidden' });
    picture.append(dot);
    const told = make('p', { class: 'told' }, 'Move over the curves to read values.');
    picture.addEventListener('pointermove', (event) => {
      const box = picture.getBoundingClientRect();
      const [px, py] = [(event.clientX - box.left) * (wide / box.width), (event.clientY - box.top) * (high / box.height)];
      let nearest = null;
      lines.forEach((line, index) => line.points.forEach(([update, value]) => {
        if (!Number.isFinite(value)) return;
        const distance = Math.hypot(x(update) - px, y(value) - py);
        if (!nearest || distance < nearest.distance) nearest = { distance, index, update, value };
      }));
      drawn.forEach((path, index) => path.classList.toggle('near', index === nearest.index));
      dot.setAttribute('cx', x(nearest.update));
      dot.setAttribute('cy', y(nearest.value));
      dot.setAttribute('visibility', 'visible');
      told.textContent = `${lines[nearest.index].name}: ${short(nearest.value)} at update ${nearest.update}`;
    });
    return make('div', { class: 'chart' }, picture, told);
  };

  if (summary && trials) {
    const names = [...trials.tHead.rows[0].cells].map(words);
    const [armColumn, idColumn, replicateColumn] = ['arm', 'trial', 'replicate'].map((name) => names.indexOf(name));
    const of = new Map();
    for (const row of trials.tBodies[0].rows) {
      const arm = words(row.cells[armColumn]);
      if (!of.has(arm)) of.set(arm, []);
      of.get(arm).push(row);
    }
    let numbers = 0;
    for (const row of [...summary.tBodies[0].rows]) {
      const arm = words(row.cells[0]);
      const rows = of.get(arm);
      if (!rows) continue;
      const id = `opened-${++numbers}`;
      const press = make('button', { type: 'button', class: 'open', 'aria-expanded': 'false', 'aria-controls': id }, ...row.cells[0].childNodes);
      row.cells[0].append(press);
      const open = () => {
        const cell = make('td', { colspan: String(row.cells.length) });
        const detail = make('tr', { class: 'detail', id }, cell);
        const kept = names.map((_, column) => column).filter((column) => column !== armColumn);
        const head = make('tr', {}, ...kept.map((column) => make('th', { scope: 'col' }, names[column])));
        const lines = rows.map((from) => make('tr', {}, ...kept.map((column) => {
          const copy = make('td', {}, words(from.cells[column]));
          copy.className = from.cells[column].className;
          return copy;
        })));
        const list = make('table', {}, make('caption', {}, `Trials of ${arm}`), make('thead', {}, head), make('tbody', {}, ...lines));
        const found = rows.flatMap((from) => {
          const curve = curves.trials[words(from.cells[idColumn])];
          if (!curve) return [];
          const updates = curves.updates[curve[0]];
          return [{ name: `Replicate ${words(from.cells[replicateColumn])}`, points: curve[1].map((value, index) => [updates[index], value ?? NaN]) }];
        });
        const picture = found.length ? chart(found, `Validation loss by update of ${found.length} replicates of ${arm}`) : null;
        if (picture) cell.append(make('p', { class: 'note' }, 'Validation loss of each replicate'), picture);
        cell.append(list);
        return detail;
      };
      press.addEventListener('click', () => {
        const isOpen = press.getAttribute('aria-expanded') === 'true';
        press.setAttribute('aria-expanded', String(!isOpen));
        if (isOpen) {
          details.get(row).remove();
          details.delete(row);
        } else {
          details.set(row, open());
          row.after(details.get(row));
        }
      });
    }
  }
})();
