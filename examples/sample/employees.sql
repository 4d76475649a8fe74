-- The sample database of a new instance: a made-up company of 1,000 people in nine departments, with the salaries they had.
-- The same rows every time: names, dates and figures follow from the number of the employee. For SQLite 3.8.3 and newer.
CREATE TABLE departments (
    dept_no CHAR(4) PRIMARY KEY,
    dept_name VARCHAR(40) NOT NULL UNIQUE
);
CREATE TABLE employees (
    emp_no INTEGER PRIMARY KEY AUTOINCREMENT,
    birth_date DATE NOT NULL,
    first_name VARCHAR(14) NOT NULL,
    last_name VARCHAR(16) NOT NULL,
    gender CHAR(1) NOT NULL,
    hire_date DATE NOT NULL,
    salary INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE dept_emp (
    emp_no INTEGER NOT NULL REFERENCES employees (emp_no) ON DELETE CASCADE,
    dept_no CHAR(4) NOT NULL REFERENCES departments (dept_no) ON DELETE CASCADE,
    from_date DATE NOT NULL,
    to_date DATE,
    PRIMARY KEY (emp_no, dept_no)
);
CREATE TABLE salaries (
    emp_no INTEGER NOT NULL REFERENCES employees (emp_no) ON DELETE CASCADE,
    salary INTEGER NOT NULL,
    from_date DATE NOT NULL,
    to_date DATE,
    PRIMARY KEY (emp_no, from_date)
);
CREATE INDEX employees_by_name ON employees (last_name, first_name);
CREATE INDEX dept_emp_by_dept ON dept_emp (dept_no);
CREATE VIEW current_staff AS
    SELECT e.emp_no, e.first_name, e.last_name, d.dept_name, e.salary
    FROM employees e
    JOIN dept_emp de ON de.emp_no = e.emp_no AND de.to_date IS NULL
    JOIN departments d ON d.dept_no = de.dept_no;

INSERT INTO departments (dept_no, dept_name) VALUES
    ('d001', 'Customer Service'), ('d002', 'Development'), ('d003', 'Finance'), ('d004', 'Human Resources'),
    ('d005', 'Marketing'), ('d006', 'Production'), ('d007', 'Quality'), ('d008', 'Research'), ('d009', 'Sales');

CREATE TEMPORARY TABLE first_names (n INTEGER PRIMARY KEY, name TEXT, gender TEXT);
INSERT INTO first_names VALUES
    (0, 'Ines', 'F'), (1, 'Tomas', 'M'), (2, 'Noor', 'F'), (3, 'Kofi', 'M'), (4, 'Marit', 'F'), (5, 'Jun', 'M'),
    (6, 'Olena', 'F'), (7, 'Rafael', 'M'), (8, 'Saanvi', 'F'), (9, 'Callum', 'M'), (10, 'Freya', 'F'), (11, 'Amadou', 'M'),
    (12, 'Yuki', 'F'), (13, 'Pavel', 'M'), (14, 'Leila', 'F'), (15, 'Mateo', 'M'), (16, 'Ingrid', 'F'), (17, 'Idris', 'M'),
    (18, 'Zoya', 'F'), (19, 'Henrik', 'M'), (20, 'Carmen', 'F'), (21, 'Arjun', 'M'), (22, 'Wanjiru', 'F'), (23, 'Luca', 'M'),
    (24, 'Thandi', 'F'), (25, 'Emre', 'M'), (26, 'Sofie', 'F'), (27, 'Dmitri', 'M'), (28, 'Mei', 'F'), (29, 'Ruairi', 'M'),
    (30, 'Paloma', 'F');
CREATE TEMPORARY TABLE last_names (n INTEGER PRIMARY KEY, name TEXT);
INSERT INTO last_names VALUES
    (0, 'Marlowe'), (1, 'Quist'), (2, 'Haddad'), (3, 'Mensah'), (4, 'Solberg'), (5, 'Tanaka'), (6, 'Kovalenko'),
    (7, 'Duarte'), (8, 'Iyer'), (9, 'Abernathy'), (10, 'Lindqvist'), (11, 'Diallo'), (12, 'Moriyama'), (13, 'Novak'),
    (14, 'Farahani'), (15, 'Escobar'), (16, 'Aasen'), (17, 'Bello'), (18, 'Petrova'), (19, 'Vestergaard'), (20, 'Olmedo'),
    (21, 'Chandra'), (22, 'Kamau'), (23, 'Bianchi'), (24, 'Dlamini'), (25, 'Yildiz'), (26, 'Claes'), (27, 'Sorokin'),
    (28, 'Zhao'), (29, 'Gallagher'), (30, 'Ibarra'), (31, 'Okafor'), (32, 'Stoica'), (33, 'Whitlock'), (34, 'Ferreira'),
    (35, 'Nakai'), (36, 'Brandt');

-- 31 first and 37 last names have no common factor: 1,000 people, no two with one name.
WITH RECURSIVE staff (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM staff WHERE i < 1000)
INSERT INTO employees (emp_no, birth_date, first_name, last_name, gender, hire_date, salary)
SELECT
    10000 + i,
    date('1958-01-15', '+' || (i * 7919 % 12000) || ' days'),
    f.name,
    l.name,
    f.gender,
    date('1978-01-15', '+' || (i * 7919 % 12000 + i * 6101 % 3000) || ' days'),
    38000 + i * 4391 % 61000 / 50 * 50
FROM staff
JOIN first_names f ON f.n = (i - 1) % 31
JOIN last_names l ON l.n = (i - 1) % 37;

INSERT INTO dept_emp (emp_no, dept_no, from_date, to_date)
SELECT emp_no, 'd00' || (1 + emp_no * 5 % 9), hire_date, CASE WHEN emp_no % 6 = 0 THEN date(hire_date, '+3 years') END
FROM employees;
-- Every sixth has moved on once.
INSERT INTO dept_emp (emp_no, dept_no, from_date, to_date)
SELECT emp_no, 'd00' || (1 + (emp_no * 5 + 4) % 9), date(hire_date, '+3 years'), NULL
FROM employees WHERE emp_no % 6 = 0;

-- A lower salary for the first two years, then today's.
INSERT INTO salaries (emp_no, salary, from_date, to_date)
SELECT emp_no, salary * 9 / 10 / 50 * 50, hire_date, date(hire_date, '+2 years') FROM employees
UNION ALL
SELECT emp_no, salary, date(hire_date, '+2 years'), NULL FROM employees;

DROP TABLE first_names;
DROP TABLE last_names;
